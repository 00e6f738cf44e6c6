"""Quoted history and signatures in a message, each recognised by its evidence only.

Imports `ground` and `data`.
"""
