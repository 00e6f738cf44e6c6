"""The one local file. Opened here, shaped by `data.migrations`, read and written by subject in `data.tables`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path

from data.errors import DeskError, StoreError
from data.locations import network_file_system, private_file, private_folder
from data.migrations.version import APPLICATION_ID, NEWEST
from data.records.tickets import SearchHit
from data.search.search_index import search
from data.tables.action_log import Actions
from data.tables.csat import Csat
from data.tables.customers import Customers
from data.tables.drafts import Drafts
from data.tables.effort import Efforts
from data.tables.escalations import Escalations
from data.tables.events import Events
from data.tables.forwards import Forwards
from data.tables.imported import Imports
from data.tables.known_wordings import KnownWordings
from data.tables.lanes import Lanes
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
from data.tables.shifts import Shifts
from data.tables.tickets import Tickets
from data.tables.work import Work

BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another program's transaction before it says so."""


class Store:
    """An open desk file. A connection belongs to the thread that opened it; open one per thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self.tickets = Tickets(connection)
        self.messages = Messages(connection)
        self.csat = Csat(connection)
        self.customers = Customers(connection)
        self.actions = Actions(connection)
        self.events = Events(connection)
        self.escalations = Escalations(connection)
        self.drafts = Drafts(connection)
        self.effort = Efforts(connection)
        self.imported = Imports(connection)
        self.outbox = Outbox(connection)
        self.participants = Participants(connection)
        self.problems = Problems(connection)
        self.redaction = Redaction(connection)
        self.remote = Remote(connection)
        self.reviews = Reviews(connection)
        self.lanes = Lanes(connection)
        self.forwards = Forwards(connection)
        self.moves = Moves(connection)
        self.people = People(connection)
        self.promises = Promises(connection)
        self.work = Work(connection)
        self.settings = Settings(connection)
        self.shifts = Shifts(connection)
        self.known_wordings = KnownWordings(connection)

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Store:
        """Open the file, making or upgrading it where needed.

        Raises `StoreError` if the file is missing (and `create` is false), empty, foreign, damaged, locked,
        not writable, made by a newer tridesk, or on a network file system. A file is never overwritten.
        """
        try:
            _refuse_unusable(path, create)
            if not path.exists():
                private_folder(path.parent)
                private_file(path)
            connection = sqlite3.connect(
                path, isolation_level=None, timeout=BUSY_MILLISECONDS / 1000, cached_statements=256
            )
        except (sqlite3.Error, OSError) as error:
            raise _store_error(error, path) from error
        try:
            _prepare(connection, path)
        except (sqlite3.Error, OSError) as error:
            connection.close()
            raise _store_error(error, path) from error
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
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise _store_error(error, self.path) from error
        try:
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise _store_error(error, self.path) from error
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Hold a transaction that is always rolled back, to try changes."""
        if self._connection.in_transaction:
            raise StoreError("Not now", f"{self.path} is being written to; try again in a moment.")
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise _store_error(error, self.path) from error
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

    def check(self) -> list[str]:
        """Return what SQLite finds wrong with the file; an empty list means it is sound."""
        results = [str(row[0]) for row in self._connection.execute("PRAGMA quick_check(20)")]
        return [] if results == ["ok"] else results


def _refuse_unusable(path: Path, create: bool) -> None:
    """Raise `StoreError` for problems that show without opening the file."""
    if path.is_dir():
        raise StoreError("Not a file", f"{path} is a folder; name a file inside it with --db.")
    if not path.exists() and not create:
        raise StoreError("No such desk", f"There is no desk file at {path}; check the name after --db.")
    if path.exists() and path.stat().st_size == 0:
        raise StoreError(
            "Empty file", f"{path} is empty, not a desk: put a copy of yours in its place, or delete it to start again."
        )
    kind = network_file_system(path)
    if kind:
        raise StoreError(
            "Network folder", f"{path} is on {kind}, where SQLite can lose data; use a local disk with --db."
        )


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the connection up and bring the file to the newest shape."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    has_tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
    if application != APPLICATION_ID and has_tables and not _unfinished(connection):
        raise StoreError("Another program's file", f"{path} is a SQLite file, but not a desk; name another with --db.")
    if version > NEWEST:
        raise StoreError("Newer file", f"{path} was made by a newer tridesk (step {version}); update tridesk.")
    if version < NEWEST:
        connection.execute("PRAGMA journal_mode = WAL")
        _migrate(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _unfinished(connection: sqlite3.Connection) -> bool:
    """Tell a file whose making was cut off after the record of steps was made and before the first step."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return names == {"_sqlite_migrations"}


def _migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps that the file has not seen; each is whole or not at all."""
    from sqlite_utils import Database

    from data.migrations.schema import migrations

    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {NEWEST}")


def _store_error(error: Exception, path: Path) -> StoreError:
    """Say in one sentence what went wrong with the file."""
    code = getattr(error, "sqlite_errorname", "")
    if isinstance(error, sqlite3.Error):
        for prefix, title, message in _SQLITE_SENTENCES:
            if code.startswith(prefix):
                return StoreError(title, message.format(path=path))
        return StoreError("Store failed", f"{path}: {error}.")
    return StoreError(
        "Cannot open", f"{path}: {getattr(error, 'strerror', None) or error}; name another file with --db."
    )


WAY_OUT = "put a copy of yours in its place, or read out what is left with `.recover` of SQLite's own program."
"""What to do about a damaged file."""

_SQLITE_SENTENCES = (
    ("SQLITE_NOTADB", "Not a desk", "{path} is not a SQLite file; it was left as it is. Name another with --db."),
    (
        "SQLITE_CORRUPT",
        "Damaged file",
        "{path} is damaged; it was left as it is: " + WAY_OUT,
    ),
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
