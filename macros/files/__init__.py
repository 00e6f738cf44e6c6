"""Macro files as they lie on disk: found, read, and joined into the library.

Imports `filling` and `data`."""
