"""The way of messages and exported tickets into the desk: bytes first, then read, then filed.

Imports `desk`, `helper`, `language` and `data`."""
