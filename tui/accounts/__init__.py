"""Mail accounts and ticketing systems on the screen: set up, tried, and kept in step by a process of their own.

Imports `context`, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
