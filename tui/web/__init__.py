"""The desk in a browser on the same machine: a small web server, and a terminal for each page.

Imports `setup`, `look`, `queues` and `data`.
"""
