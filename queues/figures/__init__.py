"""What the events say about the work: handling times, reports, and past shifts replayed.

Imports `ground`, `routing`, `next_up`, `clocks` and `data`.
"""
