"""Advice on typing and macros: where keys and seconds go, and what would save some of them.

Imports `context`, `replying`, `cards`, `look`, `setup`, `queues`, `macros` and `data`.
"""
