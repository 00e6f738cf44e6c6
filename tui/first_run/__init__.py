"""The first screen of an empty desk, and the import of files.

Imports `context`, `accounts`, `cards`, `keys`, `look`, `setup`, `queues` and `data`.
"""
