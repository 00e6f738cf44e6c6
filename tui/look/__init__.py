"""How things look: themes, colours, one-line text, wrapping, short times.

Imports `setup`, `queues` and `data`.
"""
