"""The desk: its screen, the one list of its parts, and the keys that are about the desk itself.

Imports any subject, `context`, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
