"""The shape of the store file, as named steps in order. Append only: a released step never changes.

Imports `search` and `tables`.
"""
