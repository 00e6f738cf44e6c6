"""Macros as other tools read them.

Imports `importing`, `files`, `filling` and `data`.
"""
