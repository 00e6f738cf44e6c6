"""General cards and form widgets: lists, lines, menus, forms. They do not depend on the desk or on tickets.

Imports `keys`, `look`, `macros` and `data`.
"""
