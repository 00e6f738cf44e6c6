"""The SQL of the store, a file a subject. Each reads and writes through the connection that `data.store` opens.

Imports `search`, `records` and `errors`.
"""
