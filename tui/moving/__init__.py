"""Moving about: tickets and lanes, filters and views, the most urgent ticket, and folded text.

Imports `context`, `lanes`, `cards`, `look`, `queues` and `data`.
"""
