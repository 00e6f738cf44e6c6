"""The customer: their card, their language, and copying what they wrote.

Imports `context`, `cards`, `keys`, `look`, `lanes`, `setup`, `ticket`, `queues` and `data`.
"""
