"""Connections to an encrypted desk file, by SQLCipher; imported only where there is one.

They behave as those of `connection` do, errors included, so that nothing else has to know which kind it has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from data.desk_file.explaining_cursor import ExplainingCursor
from data.desk_file.open_reads import OpenReads
from data.desk_file.store_errors import known_error


def as_sqlite3(error: Any) -> sqlite3.Error:
    """Return an error of SQLCipher as the same one of `sqlite3`."""
    kind: type[sqlite3.Error] = getattr(sqlite3, type(error).__name__, sqlite3.DatabaseError)
    same = kind(*error.args)
    same.sqlite_errorname = getattr(error, "sqlite_errorname", "")
    same.sqlite_errorcode = getattr(error, "sqlite_errorcode", 0)
    return same


def pragma_key(key: bytes, salt: bytes) -> str:
    """Return a raw key as SQLCipher takes it (https://www.zetetic.net/sqlcipher/sqlcipher-api/#key)."""
    return f"x'{key.hex()}{salt.hex()}'"


class EncryptedCursor(ExplainingCursor, sqlcipher.Cursor):  # type: ignore[misc] # the package has no types
    """A cursor of an encrypted file."""

    failure = sqlcipher.Error

    def as_sqlite3(self, error: Any) -> sqlite3.Error:
        """Return an error of SQLCipher as the same one of `sqlite3`."""
        return as_sqlite3(error)


class EncryptedConnection(OpenReads, sqlcipher.Connection):  # type: ignore[misc] # as above
    """A connection to an encrypted file, or to a plain one that is to be copied into one."""

    desk_path = Path()
    """The file, as the sentences name it."""
    file = (0, 0)
    salt = b""
    is_closed = False

    def close(self) -> None:
        """Close the file."""
        super().close()
        self.is_closed = True

    def cursor(self, factory: Any = EncryptedCursor) -> Any:
        """Return a new cursor."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> EncryptedCursor:
        """Run a statement in a new cursor."""
        cursor: EncryptedCursor = self.cursor()
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> EncryptedCursor:
        """Run a statement in a new cursor for each of the parameters."""
        cursor: EncryptedCursor = self.cursor()
        return cursor.executemany(sql, parameters)

    def backup(self, target: Any, **how: Any) -> None:
        """Copy the file to another connection of this kind, with the same key."""
        try:
            super().backup(target, **how)
        except sqlcipher.Error as error:
            raise as_sqlite3(error) from error

    @contextmanager
    def blobopen(self, table: str, column: str, row: int, /, *, readonly: bool = False) -> Iterator[Any]:
        """Open a value, to be read in parts."""
        try:
            with closing(self.open_blob(table, column, row, readonly)) as blob:
                yield blob
        except sqlcipher.Error as error:
            same = as_sqlite3(error)
            raise known_error(same, self.desk_path) or same from error


def connect_encrypted(target: str | Path, *, uri: bool, timeout: float, name: Path, key: str) -> EncryptedConnection:
    """Connect as `connection.connect` does; an empty `key` is that of a plain file."""
    connection: EncryptedConnection = sqlcipher.connect(
        target, isolation_level=None, timeout=timeout, cached_statements=256, factory=EncryptedConnection, uri=uri
    )
    connection.desk_path = name
    connection.execute("PRAGMA cipher_log_level = NONE")  # else it writes to the terminal
    if key:
        connection.execute(f'PRAGMA key = "{key}"')
    return connection
