"""Which ticket is next over all lanes, and why.

Imports `data`.
"""
