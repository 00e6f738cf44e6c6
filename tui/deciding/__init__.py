"""Decisions about tickets: status, escalations, problems, re-routing.

Imports `context`, `replying`, `cards`, `look`, `setup`, `queues`, `macros` and `data`.
"""
