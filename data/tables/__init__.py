"""The SQL of the store, one file per subject. Each reads and writes through the connection that `data.store` opens.

Imports `search`, `records` and `errors`.
"""
