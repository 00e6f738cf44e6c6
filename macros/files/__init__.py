"""Macro files on disk: found, read, and joined into the library.

Imports `filling` and `data`.
"""
