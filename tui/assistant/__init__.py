"""The desk for an assistant, over MCP: it reads what is masked and drafts replies; it sends and changes nothing.

Imports `cli`, `look`, `setup`, `queues` and `data`.
"""
