"""The procedure beside its ticket: steps, gates, and wording that changed.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
