"""The first screen of an empty desk, and the import of files.

Imports `context`, `accounts`, `cards`, `look`, `setup`, `queues` and `data`.
"""
