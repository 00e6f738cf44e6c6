"""The macros at hand: which macro each digit inserts for a ticket, and filling it in.

Imports `look`, `setup`, `macros`, `queues` and `data`.
"""
