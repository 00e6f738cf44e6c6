"""The terminal: input and output, a guard against bursts of keys, an orderly shutdown.

Imports `look`, `setup`, `queues` and `data`; independent of tickets.
"""
