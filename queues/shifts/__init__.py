"""A shift: its beginning, its end, and the hand-over it leaves.

Imports `routing`, `ground` and `data`.
"""
