"""Hooks: other programs are told of events, by a command or a signed webhook, in order and until they have it.

Imports `connectors`, `desk`, `accounts`, `ground` and `data`.
"""
