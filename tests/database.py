"""SQL on a store's own connection or on its file, plain or encrypted, for what no method of the store reads or does."""

from __future__ import annotations

import marshal
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from sqlite_utils import Database

import data.store
from data.desk_file.connection import connect
from data.desk_file.encryption import remember, salt_of
from data.store import Store, migrate

SALT = b"TRDE\x01" + bytes(11)
KNOWS_KEY = f"""
from data.desk_file.encryption import remember, salt_of
remember(bytes.fromhex("{SALT.hex()}"), bytes(32))
"""
"""For programs that tests start: opens the encrypted desks of tests."""


def database(store: Store) -> Database:
    """Return the connection of a store, with its open transaction."""
    return Database(store._connection)


def raw_desk(path: Path) -> sqlite3.Connection:
    """Return a connection to a desk file without anything that a store sets up."""
    return connect(path, timeout=1)


def make_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have new desks encrypted, with a key that is known."""

    def encrypting(path: Path, *, timeout: float, name: Path | None = None) -> sqlite3.Connection:
        is_new = path.exists() and not path.stat().st_size
        return connect(path, timeout=timeout, name=name, salt=SALT if is_new else None)

    remember(SALT, bytes(32))
    monkeypatch.setenv("TRIDESK_KEY", bytes(32).hex())  # for programs that the test starts
    monkeypatch.setattr(data.store, "connect", encrypting)


def content(path: Path) -> bytes:
    """Return the bytes of a desk file; of an encrypted one, what its rows hold, indexes of the full text included."""
    if not salt_of(path):
        return path.read_bytes()
    with closing(raw_desk(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')"
        ).fetchall()
        rows = (row for (name,) in tables for row in connection.execute(f'SELECT * FROM "{name}"'))
        return b"".join(marshal.dumps(row, 2) for row in rows)


def migrate_quickly(connection: sqlite3.Connection) -> None:
    """Bring a desk file to the newest shape as `migrate` does; a new plain one gets the pages of a file made before."""
    is_new = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not is_new or not isinstance(connection, sqlite3.Connection):
        migrate(connection)
        return
    _newest().backup(connection)
    connection.execute(
        "UPDATE setting SET value = json_quote(lower(hex(randomblob(16)))) WHERE key = 'csat.secret'"
    )  # each desk has a secret of its own


@cache
def _newest() -> sqlite3.Connection:
    """Return a new desk in memory."""
    made = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(made)
    return made
