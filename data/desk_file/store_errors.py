"""What SQLite says about a desk file, as a sentence for an agent."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from data.desk_file.backup_files import way_out
from data.errors import StoreError

NOT_A_DESK = "Not a desk"
_SENTENCES = (
    ("SQLITE_NOTADB", NOT_A_DESK, "{path} is not a SQLite file; it was left as it is: {way_out}"),
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
