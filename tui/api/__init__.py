"""The desk for programs on this machine: the command line's JSON over HTTP, with a token.

Imports `cli`, `web`, `reports`, `ticket`, `terminal`, `look`, `setup`, `macros`, `queues` and `data`.
"""
