"""The desk: its screen, the one list of its parts, how keys reach it, and the keys that concern the desk itself.

Imports any subject, `context`, `cards`, `keys`, `terminal`, `look`, `setup`, `queues` and `data`.
"""
