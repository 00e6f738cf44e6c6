"""The desk's screen: its layout, and how its subjects change tickets.

Imports any subject, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
