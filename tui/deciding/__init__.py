"""Decisions about tickets: status, corrections, escalations, problems, re-routing, and what was decided so far.

Imports `context`, `replying`, `ticket`, `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`.
"""
