"""The helper process that reads foreign mail under limits of time and memory, and the desk's side of it.

Imports `mail`, `exports`, `ground` and `data`.
"""
