"""The lock: a key, or some minutes without one, hides everything until the passphrase is typed.

Imports `context`, `cards`, `look`, `setup` and `data`.
"""
