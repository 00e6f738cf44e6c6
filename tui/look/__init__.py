"""How things look: themes, colours, one-line text, wrapping, short times; in which language.

Imports `setup`, `queues` and `data`.
"""
