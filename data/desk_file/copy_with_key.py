"""Copies a desk file into one with another key, or with none, and compares every row."""

from __future__ import annotations

import hashlib
import marshal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from data.desk_file.connection import connect
from data.desk_file.encryption import key_of, salt_of
from data.desk_file.make_backup import refuse_unsound
from data.errors import StoreError

_ROWS = 1_000


def copy_with_key(source: Path, target: Path, salt: bytes) -> None:
    """Copy a file that nothing writes to into `target`, an empty file, with the key of `salt`. Raises StoreError."""
    with _exporting(source) as connection:
        _export(connection, source, target, salt)


@contextmanager
def exclusively_copied(source: Path, target: Path, salt: bytes) -> Iterator[None]:
    """Copy as `copy_with_key`, and keep every other program from the source until the block ends.

    Raises StoreError if any has it open. Its log is in the file afterwards, and nothing is next to it.
    """
    with _exporting(source) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")  # the lock stays
        target.unlink(missing_ok=True)
        target.touch(mode=0o600, exist_ok=False)
        _export(connection, source, target, salt)
        yield


@contextmanager
def _exporting(source: Path) -> Iterator[sqlite3.Connection]:
    """Connect to a file, encrypted or not, by what can write both."""
    from data.desk_file.encrypted_connection import connect_encrypted, pragma_key

    salt = salt_of(source)
    key = pragma_key(key_of(source, salt), salt) if salt else ""
    with closing(connect_encrypted(source, uri=False, timeout=1, name=source, key=key)) as connection:
        yield connection


def _export(connection: sqlite3.Connection, source: Path, target: Path, salt: bytes) -> None:
    from data.desk_file.encrypted_connection import pragma_key

    key = pragma_key(key_of(target, salt), salt) if salt else ""
    connection.execute("ATTACH ? AS target KEY ?", (str(target), key))
    connection.execute("PRAGMA target.synchronous = OFF")  # the caller flushes the whole
    connection.execute("SELECT sqlcipher_export('target')").fetchall()
    for number in ("application_id", "user_version"):  # which it leaves out
        (value,) = connection.execute(f"PRAGMA main.{number}").fetchone()
        connection.execute(f"PRAGMA target.{number} = {int(value)}")
    connection.execute("DETACH target")
    refuse_unsound(target, source)
    with closing(connect(target, timeout=1, name=source)) as copy:
        if contents(copy) != contents(connection):
            raise StoreError("Copy differs", f"The copy of {source} is not the same; nothing was changed, try again.")


def contents(connection: sqlite3.Connection) -> dict[str, str]:
    """Return a digest of the rows of every table, and of the schema."""
    schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    digests = {"": hashlib.sha256(marshal.dumps(schema, 2)).hexdigest()}
    tables = connection.execute(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') "
        "AND name <> 'sqlite_schema'"
    ).fetchall()
    for name, is_without_rowid in tables:
        digest = hashlib.sha256()
        columns = "*" if is_without_rowid else "rowid, *"
        rows = connection.execute(f'SELECT {columns} FROM "{name}"')
        while batch := rows.fetchmany(_ROWS):
            for row in batch:
                digest.update(marshal.dumps(row, 2))
        digests[name] = digest.hexdigest()
    return digests
