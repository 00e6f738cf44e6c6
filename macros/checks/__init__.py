"""The checks on a reply before it leaves, one a file: text in, findings with their positions out.

Imports `render` and `data`.
"""
