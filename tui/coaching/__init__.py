"""Advice on typing and macros: where keys and seconds go, and what would save some of them.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
