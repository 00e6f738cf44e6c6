"""The terminal itself: what is read from it and written to it, a guard against bursts of keys, an orderly end.

Imports `look`, `setup`, `queues` and `data`; knows no ticket.
"""
