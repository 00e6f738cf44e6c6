"""A shift on the screen: its figures, its beginning, its hand-over.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
