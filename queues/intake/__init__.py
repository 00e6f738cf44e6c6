"""How messages and exported tickets come into the desk: bytes first, then read, then filed.

Imports `desk`, `helper`, `mail`, `language`, `exports` and `data`.
"""
