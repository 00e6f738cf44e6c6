"""Reports: tables, plots, pages, and the tickets behind each figure.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
