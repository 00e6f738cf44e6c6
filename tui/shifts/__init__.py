"""A shift on the screen: its figures, its beginning, its hand-over."""
