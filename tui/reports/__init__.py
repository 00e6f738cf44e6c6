"""Reports: tables, plots, pages, and the tickets behind each figure.

Imports `context`, `moving`, `lanes`, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
