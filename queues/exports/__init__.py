"""Ticket exports of other tools: one file per tool describes its format, the rest is shared.

Imports `data`.
"""
