"""Answering: macros on digits, the reply card, the composer, drafts, many tickets at once, the outbox.

Imports `cards`, `keys`, `look`, `setup`, `queues`, `macros` and `data`; never another subject.
"""
