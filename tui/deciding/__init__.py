"""What becomes of tickets: escalations, problems, routing them again.

Imports `context`, `replying`, `cards`, `look`, `setup`, `queues`, `macros` and `data`.
"""
