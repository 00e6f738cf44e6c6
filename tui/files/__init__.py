"""The files of a ticket on the screen: listed, viewed, saved, and opened by the system's own program.

Imports `context`, `cards`, `keys`, `look`, `queues` and `data`.
"""
