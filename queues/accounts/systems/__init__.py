"""The kinds of ticketing systems that come with the desk, one a file, named as in the settings: each is its `KIND`.

Imports `accounts.kinds`, `ground` and `data`.
"""
