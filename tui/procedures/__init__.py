"""The procedure next to its ticket: steps, gates, and changed wording.

Imports `context`, `digits`, `cards`, `keys`, `look`, `queues`, `macros` and `data`.
"""
