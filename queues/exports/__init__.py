"""Ticket exports of other tools: one file a tool says how its tickets are written, the rest is shared.

Imports `data`.
"""
