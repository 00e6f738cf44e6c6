"""A macro as a value, and its text filled in for one ticket. Only this folder runs Jinja2.

Imports `data`.
"""
