"""The database that a team shares: connections, the schema and its migrations, members.

Imports `accounts`, `ground` and `data`.
"""
