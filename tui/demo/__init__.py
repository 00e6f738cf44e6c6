"""The demo's outside world, and a rehearsed month of work."""
