"""A shift on the screen: its figures, its beginning, its hand-over.

Imports `context`, `moving`, `procedures`, `lanes`, `cards`, `look`, `queues` and `data`.
"""
