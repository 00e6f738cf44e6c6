"""Answering: macros on digits, the reply card, the composer, drafts, many tickets at once, the outbox.

Imports `context`, `moving`, `procedures`, `digits`, `ticket`, `cards`, `keys`, `look`, `queues`, `macros` and `data`.
"""
