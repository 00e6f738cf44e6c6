"""Routing rules, their conditions, and the lanes that they sort into.

Imports `ground` and `data`.
"""
