"""How a store file says that it is ours, and how far it has come; read at every start without loading sqlite-utils."""

APPLICATION_ID = 0x74726964
"""`trid` in the file's header (https://www.sqlite.org/fileformat.html, offset 68)."""

NEWEST = 38
"""The number of steps in `data.migrations.schema`; a test holds the two together."""
