"""How well the work is done: ratings by customers (CSAT) and reviews of single replies.

Imports `quotes`, `ground` and `data`.
"""
