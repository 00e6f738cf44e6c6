"""General cards and form widgets: lists, lines, menus, forms. They know no desk and no ticket.

Imports `look`, `macros` and `data`.
"""
