"""Puts a backup, or what can be read of a damaged file, in a desk file's place; the file that was there is kept."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.desk_file.backup_files import REPLACED, backup_folder, backup_path, backups_of, copies_of
from data.desk_file.connection import connect
from data.desk_file.copy_with_key import copy_with_key
from data.desk_file.encryption import salt_of
from data.desk_file.make_backup import copy_pages, flush, flush_folder, refuse_unsound
from data.desk_file.store_errors import store_error
from data.errors import StoreError
from data.locations import private_file, private_folder
from data.records.outbox import OutboxState
from data.store import Store, migrate
from data.tables.events import NO_TICKET

RESTORED, SALVAGED = "restored", "salvaged"
"""Kinds of events: the file is a backup, or what could be read of a damaged file."""
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
"""The bytes that every open connection has locked (https://www.sqlite.org/src/file/src/os.h, SHARED_FIRST)."""
_IN_DOUBT = "This desk was restored from a copy, and the reply may have left, or been undone, since that was made."


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    desk: Path
    kept: Path | None
    """Where the file is that was there before; None if there was none."""
    events_lost: int | None
    """How many events the replaced file had that the restored one has not; None if that could not be read."""
    in_doubt: int
    """Replies whose fate is unknown now; none of them is sent by itself."""


def restore(desk: Path, backup: Path, now: int, actor: str) -> Restored:
    """Replace the desk by a copy of the backup. Interrupted at any point, it can be repeated, and nothing is lost.

    Replies that waited when the backup was made are in doubt afterwards, unless the replaced file knows what became of
    them: none is sent twice. An encrypted desk stays encrypted, also where the backup is not. Raises StoreError if the
    backup is unsound or any program has the desk open.
    """
    if not backup.is_file():
        raise StoreError("No such backup", f"There is no file {backup}; `tridesk restore --list` shows the backups.")
    new = new_file(desk)
    try:
        refuse_unsound(backup, backup)
        salt = salt_of(desk)
        if salt and not salt_of(backup):
            copy_with_key(backup, new, salt)
        else:
            copy_pages(backup, new)
        return replace_desk(desk, new, now, actor, RESTORED, backup.name)
    except sqlite3.Error as error:
        raise store_error(error, backup) from error
    except OSError as error:
        raise store_error(error, desk) from error
    finally:
        remove_with_log(new)


def new_file(desk: Path, purpose: str = "restoring") -> Path:
    """Return an empty private file next to the desk, to be filled and put in its place."""
    private_folder(desk.absolute().parent)
    new = desk.absolute().with_name(f".{desk.name}.{purpose}")
    remove_with_log(new)
    private_file(new)
    return new


def replace_desk(desk: Path, new: Path, now: int, actor: str, kind: str, source: str) -> Restored:
    """Bring a new file to the newest shape, record where it comes from, and put it in the desk's place."""
    refuse_open(desk)
    fates, newest = _known_to(desk)
    with closing(connect(new, timeout=1, name=desk)) as connection:
        migrate(connection)
        store = Store(connection, desk)
        with store.write():
            in_doubt = _settle_replies(connection, fates)
            lost = None if newest is None else max(0, newest - store.events.newest())
            action = store.actions.begin(actor, now)
            detail = {"from": source, "lost": lost, "in_doubt": in_doubt}
            # backups are named by free seconds, and a clock may be set back: none of them is newer than this choice
            at = max([now, *(copy.at for copy in backups_of(desk))])
            store.events.add(action, NO_TICKET, at, actor, kind, detail)
    flush(new)
    with _alone_with(desk):
        kept = _put_aside(desk, now)
        os.replace(new, desk.absolute())
        flush_folder(desk.absolute().parent)
    return Restored(desk, kept, lost, in_doubt)


def _known_to(desk: Path) -> tuple[dict[str, OutboxState], int | None]:
    """Return what became of each reply and the newest event, by the file that is replaced, as far as it can be read."""
    if not desk.exists() or not desk.stat().st_size:
        return {}, None
    try:
        with closing(connect(desk, timeout=1, read_only=True)) as connection:
            newest = int(connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])
            rows = connection.execute("SELECT message_id, state FROM outbox").fetchall()
            return {message_id: OutboxState(state) for message_id, state in rows}, newest
    except (StoreError, sqlite3.Error, ValueError):
        return {}, None


def _settle_replies(connection: sqlite3.Connection, fates: dict[str, OutboxState]) -> int:
    """Give each waiting reply the state that the replaced file knows, or put it in doubt; return how many are."""
    waiting = connection.execute(
        "SELECT id, message_id, state FROM outbox WHERE state NOT IN ('sent', 'recalled')"
    ).fetchall()
    in_doubt = 0
    for number, message_id, state in waiting:
        became = fates.get(message_id)
        if became is None and state in (OutboxState.QUEUED, OutboxState.SENDING):
            became = OutboxState.IN_DOUBT
        if became is None or became == state:
            continue
        in_doubt += became is OutboxState.IN_DOUBT
        reason = _IN_DOUBT if became is OutboxState.IN_DOUBT else ""
        connection.execute("UPDATE outbox SET state = ?, reason = ? WHERE id = ?", (became, reason, number))
    return in_doubt


def refuse_open(desk: Path) -> None:
    """Raise StoreError if any program has the desk open; this process must not have it open itself."""
    with _alone_with(desk):
        pass


@contextmanager
def _alone_with(desk: Path) -> Iterator[None]:
    """Lock the desk as SQLite would for itself alone. Raises StoreError if any program has it open."""
    if not desk.exists():
        yield
        return
    with desk.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError as error:
            raise StoreError(
                "File in use",
                f"Another program has {desk} open; close the screen and `tridesk sync`, then retry.",
            ) from error
        yield


def _put_aside(desk: Path, now: int) -> Path | None:
    """Move the desk and then its log to the folder of backups; return where.

    The desk goes first: without it, its log is not read by anything, and a desk without its log would have lost its
    newest changes. A log whose desk was moved before an interruption follows it.
    """
    desk = desk.absolute()
    log = desk.with_name(f"{desk.name}-wal")
    kept = None
    if desk.exists():
        private_folder(backup_folder(desk))
        kept = backup_path(desk, now, REPLACED)
        os.replace(desk, kept)
    elif log.exists():
        replaced = [copy.path for copy in copies_of(desk) if copy.kind == REPLACED]
        kept = replaced[0] if replaced else backup_path(desk, now, REPLACED)
        private_folder(kept.parent)
    if kept is not None and log.exists():
        os.replace(log, kept.with_name(f"{kept.name}-wal"))
    desk.with_name(f"{desk.name}-shm").unlink(missing_ok=True)
    return kept if kept is not None and kept.exists() else None


def remove_with_log(path: Path) -> None:
    """Remove a database file and what SQLite puts next to it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
