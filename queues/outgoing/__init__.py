"""Replies on their way out: their bytes, their files, and the outbox that sends each once.

Imports `ground` and `data`."""
