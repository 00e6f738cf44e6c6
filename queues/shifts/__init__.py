"""A shift: its beginning, its end, and the hand-over it leaves.

Imports `ground` and `data`."""
