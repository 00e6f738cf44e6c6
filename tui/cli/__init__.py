"""The command line: one file per group of commands. Nothing here imports Textual.

Imports any folder of `tui`, `queues`, `macros` and `data`; only `tui.__main__` imports it.
"""
