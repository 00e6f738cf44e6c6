"""What every part of the desk uses: the context, the base of a part, the hooks, going to tickets, changing them.

Imports `lanes`, `ticket`, `digits`, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
