"""Moving about: tickets and lanes, filters and views, the most urgent ticket, and words that are folded.

Imports `context`, `lanes`, `cards`, `look`, `queues` and `data`.
"""
