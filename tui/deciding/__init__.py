"""What becomes of tickets: escalations, problems, routing them again.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
