"""The first screen of an empty desk, and the import of files.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
