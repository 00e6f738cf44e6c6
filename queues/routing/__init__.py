"""Routing rules, their conditions, and the lanes that they sort into.

Imports `ground`, `language` and `data`."""
