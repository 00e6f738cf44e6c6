"""The procedure beside its ticket: steps, gates, and wording that changed.

Imports `context`, `digits`, `cards`, `keys`, `look`, `queues`, `macros` and `data`.
"""
