"""The command line: one file a group of commands. Nothing here imports Textual.

Imports any folder of `tui`, `queues`, `macros` and `data`; only `tui.__main__` imports it.
"""
