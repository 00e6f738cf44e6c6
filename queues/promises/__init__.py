"""Dated commitments to customers: found in replies, kept as part of an action.

Imports `clocks`, `ground` and `data`.
"""
