"""Backups of the desk file: copied with SQLite's own backup while the desk is in use, and opened before they count."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from data.desk_file.backup_files import PART, Backup, backup_folder, backup_path, backups_of, copies_of, to_remove
from data.desk_file.connection import connect
from data.desk_file.encryption import PLAIN, salt_of
from data.desk_file.store_errors import known_error, store_error
from data.errors import StoreError
from data.locations import alone, private_file, private_folder
from data.migrations.version import APPLICATION_ID
from data.tables.events import Events

WAIT_SECONDS = 30.0
"""How long a backup waits for another program that holds the file."""


def make_backup(desk: Path, now: int, *, kind: str = "", target: Path | None = None) -> Backup:
    """Copy the desk to its folder of backups, or to `target`, and return the copy, which was opened and checked.

    It appears whole or not at all, readable by its owner only. Raises StoreError if the desk is missing or damaged, if
    there is no room, if `target` exists, or if another backup of this folder is under way.
    """
    folder = private_folder(backup_folder(desk)) if target is None else target.absolute().parent
    try:
        if target is not None:
            if target.exists():
                raise StoreError("Backup not made", f"{target} exists already; name a new file.")
            return _made(desk, target.absolute(), now, kind)
        with alone(folder / ".lock") as is_alone:
            if not is_alone:
                raise StoreError("Backup not made", f"Another backup is being written in {folder}; wait for it.")
            for leftover in folder.glob(f"*{PART}*"):  # of backups that were interrupted
                leftover.unlink(missing_ok=True)
            return _made(desk, backup_path(desk, now, kind), now, kind)
    except sqlite3.Error as error:
        raise store_error(error, desk) from error
    except OSError as error:
        raise StoreError(
            "Backup not made", f"{folder} cannot be written ({error.strerror}); check its permissions and its space."
        ) from error


def _made(desk: Path, target: Path, now: int, kind: str) -> Backup:
    part = target.with_name(f"{target.name}{PART}")
    _refuse_without_room(desk, target.parent)
    private_file(part)
    try:
        copy_pages(desk, part)
        refuse_unsound(part, desk)
        os.replace(part, target)
        flush_folder(target.parent)
    finally:
        for leftover in (part, *(part.with_name(part.name + end) for end in ("-journal", "-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
    return Backup(target, now, kind, target.stat().st_size)


def copy_pages(desk: Path, part: Path) -> None:
    """Copy page by page, what is only in the log included; other programs may go on writing."""
    salt = salt_of(desk)
    with closing(_source(desk)) as source, closing(connect(part, timeout=1, name=part, salt=salt)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # written out as a whole below
        try:
            source.backup(copy)
        except sqlite3.Error as error:
            # a full disk is that of the copy, damage that of the desk
            raise known_error(error, part if "FULL" in str(error.sqlite_errorname) else desk) or error from error
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing next to it
    flush(part)


def _source(desk: Path) -> sqlite3.Connection:
    if not desk.exists():
        raise StoreError("No such desk", f"There is no desk file at {desk}; check the name after --db.")
    return connect(desk, timeout=WAIT_SECONDS)


def refuse_unsound(copy: Path, desk: Path) -> None:
    """Open a copy and check all of it. Raises StoreError, which is about `desk`, unless it is a sound desk file."""
    with closing(connect(copy, timeout=1, name=desk)) as connection:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        wrong = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    if application != APPLICATION_ID:
        raise StoreError("Not a desk", f"{desk} is a SQLite file, but not a desk; name another file.")
    if wrong != ["ok"]:
        error = sqlite3.DatabaseError(wrong[0])
        error.sqlite_errorname = "SQLITE_CORRUPT"
        raise store_error(error, desk) from error


def _refuse_without_room(desk: Path, folder: Path) -> None:
    needed = sum(file.stat().st_size for file in (desk, desk.with_name(f"{desk.name}-wal")) if file.exists())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise StoreError(
            "Disk full",
            f"There is no room for a backup in {folder}: it needs {needed // 1_000_000 + 1} MB, "
            f"and {free // 1_000_000} MB are free.",
        )


def flush(path: Path) -> None:
    """Have the file's content written to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Have the folder's list of files written to the disk, where its file system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rotate(desk: Path, now: int, keep_days: int) -> list[Backup]:
    """Remove the copies that are no longer kept and return them."""
    removed = to_remove(copies_of(desk), now, keep_days)
    for copy in removed:
        remove_copy(copy.path)
    return removed


def remove_copy(path: Path) -> None:
    """Remove a copy of a desk, and its log."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def newest_event(path: Path) -> int:
    """Return the number of the newest event in a desk file or a backup. Raises StoreError."""
    try:
        with closing(connect(path, timeout=WAIT_SECONDS, read_only=True)) as connection:
            return int(connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def same_key(copy: Path, desk: Path) -> bool:
    """Return whether a copy of the desk can be opened without another key than the desk's own."""
    return salt_of(copy) in (PLAIN, salt_of(desk))


def anchors_of(desk: Path, events: Events) -> dict[int, bytes]:
    """Return the newest event of each backup and its link, by which a rewritten chain is recognised.

    Backups with events that a later restore dropped are left out, and so are those made by earlier versions, and
    those that another key encrypts.
    """
    restored = events.last_restored()
    anchors: dict[int, bytes] = {}
    for copy in backups_of(desk):
        if not same_key(copy.path, desk):
            continue
        with suppress(StoreError, sqlite3.Error), closing(connect(copy.path, timeout=1, read_only=True)) as connection:
            number, link = connection.execute("SELECT id, link FROM event_head").fetchone()
            if copy.at > restored.at or number < restored.id:
                anchors[int(number)] = bytes(link)
    return anchors
