"""Saved answers of other tools turned into macros: exports read, placeholders and conditions translated.

Imports `files` and `data`.
"""
