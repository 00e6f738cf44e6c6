"""Which macros answer a message: the ranking, what it learns from, and how good it would have been.

Imports `filling` and `data`.
"""
