"""Mail accounts and ticketing systems on the screen: set up, tested, and synchronised by a separate process.

Imports `context`, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
