"""Connections to the desk file: what SQLite says about the file becomes a sentence, on reads as on writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast
from weakref import WeakSet

from data.desk_file.backup_files import way_out
from data.errors import StoreError

_SENTENCES = (
    ("SQLITE_NOTADB", "Not a desk", "{path} is not a SQLite file; it was left as it is: {way_out}"),
    ("SQLITE_CORRUPT", "Damaged file", "{path} is damaged; it was left as it is: {way_out}"),
    ("SQLITE_BUSY", "File in use", "Another program holds {path} for writing; try again when it has finished."),
    ("SQLITE_LOCKED", "File in use", "Another program holds {path} for writing; try again when it has finished."),
    ("SQLITE_READONLY", "Read-only file", "{path} cannot be written; check its permissions and those of its folder."),
    ("SQLITE_CANTOPEN", "Cannot open", "{path} cannot be opened; check its folder's permissions."),
    (
        "SQLITE_FULL",
        "Disk full",
        "There is no room left for {path}; nothing was half-written. Free some space and try again.",
    ),
    ("SQLITE_IOERR", "Disk error", "Reading or writing {path} failed; check the disk. Nothing was half-written."),
)


_NOT_TEXT = "Could not decode to UTF-8"
"""What Python says, with no code of SQLite's, of a text whose bytes were damaged."""


class DeskCursor(sqlite3.Cursor):
    """A cursor that raises `StoreError` for what is wrong with the file, and SQLite's own errors for the rest."""

    def execute(self, sql: str, parameters: Any = (), /) -> DeskCursor:
        """Run a statement."""
        try:
            sqlite3.Cursor.execute(self, sql, parameters)
        except sqlite3.Error as error:
            raise self._explained(error) from error
        return self

    def executemany(self, sql: str, parameters: Any, /) -> DeskCursor:
        """Run a statement for each of the parameters."""
        try:
            sqlite3.Cursor.executemany(self, sql, parameters)
        except sqlite3.Error as error:
            raise self._explained(error) from error
        return self

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        try:
            return sqlite3.Cursor.fetchone(self)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows."""
        try:
            return sqlite3.Cursor.fetchmany(self, self.arraysize if size is None else size)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def fetchall(self) -> list[Any]:
        """Return all rows that remain."""
        try:
            return sqlite3.Cursor.fetchall(self)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override] # a row costs less than by `__next__`
        reads = cast(DeskConnection, self.connection).reads
        self.ahead: list[Any] = []
        reads.add(self)
        try:
            yield from iter(partial(sqlite3.Cursor.fetchone, self), None)
            yield from self.ahead
        except sqlite3.Error as error:
            raise self._explained(error) from error
        finally:
            reads.discard(self)

    def read_ahead(self) -> None:
        """Read the rows that remain of an iteration, so that its statement ends."""
        self.ahead += self.fetchall()

    def __next__(self) -> Any:
        try:
            return sqlite3.Cursor.__next__(self)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _explained(self, error: sqlite3.Error) -> Exception:
        connection = cast(DeskConnection, self.connection)
        return known_error(error, connection.desk_path) or error


class DeskConnection(sqlite3.Connection):
    """A connection whose cursors explain what is wrong with the file."""

    desk_path = Path()
    """The file, as the sentences name it."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.reads: WeakSet[DeskCursor] = WeakSet()
        """Cursors that are being iterated over."""

    def begin(self) -> None:
        """Begin a transaction that writes; raises `StoreError` if another program keeps the file too long.

        SQLite refuses it at once while an iteration over rows is open that began before another program's commit
        (SQLITE_BUSY_SNAPSHOT): the rest of those rows is read first.
        """
        try:
            self.execute("BEGIN IMMEDIATE")
        except StoreError as error:
            if getattr(error.__cause__, "sqlite_errorname", "") != "SQLITE_BUSY_SNAPSHOT":
                raise
            for cursor in list(self.reads):
                cursor.read_ahead()
            self.execute("BEGIN IMMEDIATE")

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


def connect(path: Path, *, timeout: float, name: Path | None = None, read_only: bool = False) -> DeskConnection:
    """Connect to a file, which is made if it is missing. `timeout` is how long to wait for other writers, in seconds.

    `name` is the file that error sentences name, if not this one. `read_only` leaves the file and its log as they are.
    """
    target = f"{path.absolute().as_uri()}?mode=ro" if read_only else path
    connection = sqlite3.connect(
        target, isolation_level=None, timeout=timeout, cached_statements=256, factory=DeskConnection, uri=read_only
    )
    connection.desk_path = name or path
    return connection


def known_error(error: sqlite3.Error, path: Path) -> StoreError | None:
    """Return what SQLite's error means for the file in one sentence; None if it is not about the file."""
    code = getattr(error, "sqlite_errorname", None) or ""
    if not code and str(error).startswith(_NOT_TEXT):
        code = "SQLITE_CORRUPT"
    for prefix, title, message in _SENTENCES:
        if code.startswith(prefix):
            return StoreError(title, message.format(path=path, way_out=way_out(path)))
    return None


def store_error(error: Exception, path: Path) -> StoreError:
    """Return any failure of the file as a sentence."""
    if isinstance(error, sqlite3.Error):
        return known_error(error, path) or StoreError("Store failed", f"{path}: {error}.")
    return StoreError(
        "Cannot open", f"{path}: {getattr(error, 'strerror', None) or error}; name another file with --db."
    )
