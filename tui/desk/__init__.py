"""The desk's screen: its layout, how keys reach it, and how its subjects change tickets.

Imports any subject, `cards`, `keys`, `terminal`, `look`, `setup`, `queues` and `data`.
"""
