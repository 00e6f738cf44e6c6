"""The files of a ticket: which there are, their bytes, what they may do, and saving one under a safe name.

Imports `helper`, `mail` and `data`.
"""
