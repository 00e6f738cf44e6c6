"""The lanes: lists of tickets, moving about in them, filters and views.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
