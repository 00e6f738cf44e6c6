"""The terminal itself: what is read from it and written to it, bursts of keys, and an orderly end.

Imports `cards`, `keys`, `look`, `setup`, `queues` and `data`; knows no ticket.
"""
