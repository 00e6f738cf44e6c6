"""The macros at hand: which macro each digit inserts for a ticket, and filling it in.

Imports `cards`, `look`, `setup`, `macros`, `queues` and `data`.
"""
