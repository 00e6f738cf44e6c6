"""Connections to the desk file: what SQLite says about the file becomes a sentence, on reads as on writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, cast

from data.desk_file.backup_files import way_out
from data.desk_file.encryption import forget, key_of, needs_passphrase, note_opened, salt_of
from data.desk_file.explaining_cursor import ExplainingCursor
from data.desk_file.open_reads import OpenReads
from data.desk_file.store_errors import NOT_A_DESK, known_error
from data.errors import StoreError


class DeskCursor(ExplainingCursor, sqlite3.Cursor):  # type: ignore[misc] # narrower than the package's own
    """A cursor of a plain file."""


class DeskConnection(OpenReads, sqlite3.Connection):
    """A connection whose cursors explain what is wrong with the file."""

    desk_path = Path()
    """The file, as the sentences name it."""
    file = (0, 0)
    salt = b""
    is_closed = False

    def close(self) -> None:
        """Close the file."""
        super().close()
        self.is_closed = True

    def cursor(self, factory: Any = DeskCursor) -> Any:
        """Return a new cursor."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> DeskCursor:
        """Run a statement in a new cursor."""
        cursor = sqlite3.Connection.cursor(self, DeskCursor)
        try:
            sqlite3.Cursor.execute(cursor, sql, parameters)
        except sqlite3.Error as error:
            raise known_error(error, self.desk_path) or error from error
        return cursor

    def executemany(self, sql: str, parameters: Any, /) -> DeskCursor:
        """Run a statement in a new cursor for each of the parameters."""
        return sqlite3.Connection.cursor(self, DeskCursor).executemany(sql, parameters)


def connect(
    path: Path, *, timeout: float, name: Path | None = None, read_only: bool = False, salt: bytes | None = None
) -> DeskConnection:
    """Connect to a file, which is made if it is missing. `timeout` is how long to wait for other writers, in seconds.

    `name` is the file that error sentences name, if not this one. `read_only` leaves the file and its log as they are.
    `salt` is that of a new file, if it is to be encrypted. Raises StoreError if an encrypted file cannot be opened.
    """
    salt = salt_of(path) if salt is None else salt
    target = f"{path.absolute().as_uri()}?mode=ro" if read_only else path
    if salt:
        return _encrypted(path, target, timeout, name or path, read_only, salt)
    connection = sqlite3.connect(
        target, isolation_level=None, timeout=timeout, cached_statements=256, factory=DeskConnection, uri=read_only
    )
    connection.desk_path = name or path
    note_opened(connection, path, salt)
    return connection


def _encrypted(
    path: Path, target: str | Path, timeout: float, name: Path, read_only: bool, salt: bytes
) -> DeskConnection:
    try:
        from data.desk_file.encrypted_connection import connect_encrypted, pragma_key
    except ImportError as error:
        raise StoreError(
            "Encrypted desk",
            f"{name} is encrypted, and what reads that is not installed: pip install 'tridesk[encrypted]'.",
        ) from error
    key = pragma_key(key_of(name, salt), salt)
    connection = connect_encrypted(target, uri=read_only, timeout=timeout, name=name, key=key)
    note_opened(connection, path, salt)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except StoreError as error:
        connection.close()
        if error.title != NOT_A_DESK:
            raise
        forget(salt)
        raise _wrong_key(name, salt) from error
    return cast(DeskConnection, connection)


def _wrong_key(path: Path, salt: bytes) -> StoreError:
    if needs_passphrase(salt):
        return StoreError(
            "Wrong passphrase",
            f"This passphrase does not open {path}; try again. If it is surely the right one, the file is damaged: "
            f"{way_out(path)}",
        )
    return StoreError(
        "Wrong key",
        f"This key does not open {path}; give the one `tridesk key` printed for it. If it is surely the right one, "
        f"the file is damaged: {way_out(path)}",
    )
