"""The one local file. Opened here, shaped by `data.migrations`, read and written by subject in `data.tables`."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, tzinfo
from pathlib import Path
from tempfile import mkstemp

from data.desk_file.backup_files import BEFORE_UPGRADE, backup_folder, backups_of, restore_command, way_out
from data.desk_file.connection import DeskConnection, connect
from data.desk_file.encryption import RECODING
from data.desk_file.make_backup import flush, make_backup
from data.desk_file.store_errors import store_error
from data.errors import DeskError, StoreError
from data.locations import doubtful_file_system, network_file_system, private_folder
from data.migrations.version import APPLICATION_ID, NEWEST
from data.personal.personal_data import PersonalData
from data.records.tickets import SearchHit
from data.search.search_index import search
from data.tables.action_log import Actions
from data.tables.answered_requests import AnsweredRequests
from data.tables.csat import Csat
from data.tables.custom_fields import CustomFields
from data.tables.customers import Customers
from data.tables.drafts import Drafts
from data.tables.effort import Efforts
from data.tables.escalations import Escalations
from data.tables.events import Events
from data.tables.form_drafts import FormDrafts
from data.tables.forwards import Forwards
from data.tables.handovers import Handovers
from data.tables.harm_corrections import HarmCorrections
from data.tables.hooks import Hooks
from data.tables.imported import Imports
from data.tables.known_wordings import KnownWordings
from data.tables.lanes import Lanes
from data.tables.legal_holds import LegalHolds
from data.tables.mentions import Mentions
from data.tables.messages import Messages
from data.tables.moves import Moves
from data.tables.outbox import Outbox
from data.tables.participants import Participants
from data.tables.people import People
from data.tables.problems import Problems
from data.tables.promises import Promises
from data.tables.redaction import Redaction
from data.tables.remote import Remote
from data.tables.reviews import Reviews
from data.tables.settings import Settings
from data.tables.shared import Shared
from data.tables.shifts import Shifts
from data.tables.tickets import Tickets
from data.tables.work import Work

BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another program's transaction before it says so."""


class Store:
    """An open desk file. A connection belongs to the thread that opened it; open one per thread."""

    def __init__(self, connection: DeskConnection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self.tickets = Tickets(connection)
        self.messages = Messages(connection)
        self.csat = Csat(connection)
        self.custom_fields = CustomFields(connection)
        self.customers = Customers(connection)
        self.actions = Actions(connection)
        self.answered_requests = AnsweredRequests(connection)
        self.events = Events(connection)
        self.escalations = Escalations(connection)
        self.drafts = Drafts(connection)
        self.effort = Efforts(connection)
        self.form_drafts = FormDrafts(connection)
        self.imported = Imports(connection)
        self.outbox = Outbox(connection)
        self.participants = Participants(connection)
        self.problems = Problems(connection)
        self.redaction = Redaction(connection)
        self.remote = Remote(connection)
        self.shared = Shared(connection)
        self.reviews = Reviews(connection)
        self.lanes = Lanes(connection)
        self.forwards = Forwards(connection)
        self.handovers = Handovers(connection)
        self.harm_corrections = HarmCorrections(connection)
        self.hooks = Hooks(connection)
        self.mentions = Mentions(connection)
        self.moves = Moves(connection)
        self.people = People(connection)
        self.promises = Promises(connection)
        self.work = Work(connection)
        self.settings = Settings(connection)
        self.shifts = Shifts(connection)
        self.known_wordings = KnownWordings(connection)
        self.legal_holds = LegalHolds(connection)
        self.personal = PersonalData(connection)

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Store:
        """Open the file, making or upgrading it where needed; before an upgrade, a backup is made.

        Raises `StoreError` if the file is missing (and `create` is false, or it has backups), empty, foreign, damaged,
        locked, not writable, made by a newer tridesk, or on a network file system. A file is never overwritten.
        """
        try:
            _refuse_unusable(path, create)
            if not path.exists():
                _make(path)
            file = path.stat().st_ino
            connection = connect(path, timeout=BUSY_MILLISECONDS / 1000)
        except (sqlite3.Error, OSError) as error:
            raise store_error(error, path) from error
        try:
            _prepare(connection, path)
            if path.stat().st_ino != file:  # replaced by a restore while it was being opened
                connection.close()
                return cls.open(path, create=create)
        except (sqlite3.Error, OSError) as error:
            connection.close()
            raise store_error(error, path) from error
        except DeskError:
            connection.close()
            raise
        return cls(connection, path)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        self._connection.close()

    def data_version(self) -> int:
        """Return a number that changes when another connection has committed."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def write(self, *, bulk: bool = False) -> Iterator[None]:
        """Run one transaction: all or nothing is stored. On return it is on the disk.

        `bulk` leaves the last step to the operating system: a crash of the machine may take the newest batches back,
        whole, never half. For intake that can be repeated. Raises `StoreError` when the file cannot be written.
        """
        if self._connection.in_transaction:
            yield
            return
        try:
            self._connection.execute(f"PRAGMA synchronous = {'NORMAL' if bulk else 'FULL'}")
            self._connection.begin()
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error
        try:
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise store_error(error, self.path) from error
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Hold a transaction that is always rolled back, to try changes."""
        if self._connection.in_transaction:
            raise StoreError("Not now", f"{self.path} is being written to; try again in a moment.")
        try:
            self._connection.begin()
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error
        try:
            yield
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        """Drop the open transaction, unless SQLite already did (as when the disk is full)."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def search(
        self, query: str, *, limit: int = 200, lane: str | None = None, now: int = 0, zone: tzinfo = UTC
    ) -> list[SearchHit]:
        """Find messages and people, newest first, whatever the ticket's status; accents and case are ignored.

        `now` and `zone` are for `before:` and `after:`. Raises InputError for an operator whose value cannot be.
        """
        return search(self._connection, query, limit=limit, lane=lane, now=now, zone=zone)

    def rewrite(self) -> None:
        """Rewrite the file without what was deleted from it, and empty its log. Raises StoreError if it is in use."""
        self._connection.execute("VACUUM")
        busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreError("File in use", f"The log of {self.path} is in use; close the screen and try again.")

    def check(self) -> list[str]:
        """Return what SQLite finds wrong with the file; an empty list means it is sound."""
        rows = self._connection.execute("PRAGMA quick_check(20)")
        results = [line for row in rows for line in str(row[0]).splitlines() if not line.startswith("***")]
        return [] if results == ["ok"] else results


def _refuse_unusable(path: Path, create: bool) -> None:
    """Raise `StoreError` for problems that show without opening the file."""
    if path.is_dir():
        raise StoreError("Not a file", f"{path} is a folder; name a file inside it with --db.")
    if not path.exists():
        _refuse_missing(path, create)
    elif path.stat().st_size == 0:
        raise _empty(path)
    kind = network_file_system(path)
    if kind:
        raise StoreError(
            "Network folder", f"{path} is on {kind}, where SQLite can lose data; use a local disk with --db."
        )


def _refuse_missing(path: Path, create: bool) -> None:
    """Raise `StoreError` where a desk is missing, rather than new."""
    backups = backups_of(path)
    if backups:
        raise StoreError(
            "Desk missing",
            f"There is no desk file at {path}, but it has a backup of {backups[0].when}: "
            f"`{restore_command(path)}` restores it. To begin a new desk, move {backup_folder(path)} away.",
        )
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreError(
            "Desk missing",
            f"There is no desk file at {path}, but its log {log.name} is there: put the file back next to it, "
            "or move the log away to begin a new desk.",
        )
    if not create:
        raise StoreError("No such desk", f"There is no desk file at {path}; check the name after --db.")


def _empty(path: Path) -> StoreError:
    """Return the error for a file with nothing in it."""
    if backups_of(path):
        return StoreError("Empty file", f"{path} is empty, not a desk: {way_out(path)}")
    return StoreError(
        "Empty file",
        f"{path} is empty, not a desk: put a copy of yours in its place, or delete it to start again. If it was "
        f"copied from elsewhere, the newest changes are in the file {path.name}-wal there.",
    )


def _make(path: Path) -> None:
    """Make a new desk file: it appears whole or not at all, so that an empty file always means that one was lost."""
    folder = private_folder(path.parent)
    descriptor, name = mkstemp(prefix=f".{path.name}.", suffix=".new", dir=folder)  # made with 0600
    os.close(descriptor)
    new = Path(name)
    try:
        with closing(connect(new, timeout=1, name=path)) as connection:
            connection.execute(f"PRAGMA journal_mode = {_journal(path)}")
            connection.execute("PRAGMA synchronous = OFF")  # written out as a whole below
            migrate(connection)
        flush(new)
        try:
            os.link(new, path)
        except FileExistsError:  # another process made it meanwhile
            return
        except OSError:  # a file system without hard links
            os.rename(new, path)
    finally:
        for leftover in (new, *(new.with_name(new.name + ending) for ending in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the connection up and bring the file to the newest shape."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    has_tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
    if not has_tables:
        raise _empty(path)
    if application != APPLICATION_ID:
        raise StoreError("Another program's file", f"{path} is a SQLite file, but not a desk; name another with --db.")
    if version > NEWEST:
        raise StoreError("Newer file", f"{path} was made by a newer tridesk (step {version}); update tridesk.")
    if version < NEWEST:
        make_backup(path, int(time.time()), kind=BEFORE_UPGRADE)
        migrate(connection)
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != _journal(path):
        connection.execute(f"PRAGMA journal_mode = {_journal(path)}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    _remove_recoded(path)


def _remove_recoded(path: Path) -> None:
    """Remove the copy that a change of key left when it was cut off; while one goes on, no other has the file open."""
    copy = path.absolute().with_name(f".{path.name}.{RECODING}")
    if copy.exists():
        for ending in ("", "-wal", "-shm", "-journal"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)


def _journal(path: Path) -> str:
    """Return how commits are made safe: by a log, or by a rollback journal where shared memory may not work."""
    return "delete" if doubtful_file_system(path) else "wal"


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps that a file has not seen; each is whole or not at all."""
    from sqlite_utils import Database

    from data.migrations.schema import migrations

    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {NEWEST}")
