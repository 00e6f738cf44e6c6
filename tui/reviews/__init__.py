"""Reviews of replies: a reviewer's screen, and an agent's own.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
