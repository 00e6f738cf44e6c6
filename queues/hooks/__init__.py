"""Hooks: events reach other programs, by a command or a signed webhook, in order and until they have arrived.

Imports `connectors`, `desk`, `accounts`, `ground` and `data`.
"""
