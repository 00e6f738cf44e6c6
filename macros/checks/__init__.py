"""The checks on a reply before it leaves, one per file: text in, findings with their positions out.

Imports `render` and `data`.
"""
