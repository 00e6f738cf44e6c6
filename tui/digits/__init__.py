"""The macros at hand: which macro each digit holds for a ticket, and filling it in.

Imports `look`, `setup`, `macros`, `queues` and `data`.
"""
