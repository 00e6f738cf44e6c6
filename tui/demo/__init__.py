"""The demo's outside world, a simulated month of work, and the tour of the demo's screen.

Imports `context`, `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
