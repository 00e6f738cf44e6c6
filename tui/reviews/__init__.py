"""Reviews of replies: a reviewer's screen, and an agent's own.

Imports `context`, `moving`, `procedures`, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
