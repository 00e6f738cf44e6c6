"""SQL on a store's own connection, for what no method of the store reads or does."""

from __future__ import annotations

from sqlite_utils import Database

from data.store import Store


def database(store: Store) -> Database:
    """Return the connection of a store, with its open transaction."""
    return Database(store._connection)
