"""Replies on their way out: their bytes, their attachments, and the outbox that sends each once.

Imports `mail` and `data`.
"""
