"""Beginning a transaction while rows are still being read."""

from __future__ import annotations

from typing import Any, Protocol
from weakref import WeakSet

from data.errors import StoreError


class Reading(Protocol):
    """A cursor that is being iterated over."""

    def read_ahead(self) -> None:
        """Read the rows that remain."""


class OpenReads:
    """A connection, plain or encrypted, that knows which of its cursors are being iterated over."""

    execute: Any

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.reads: WeakSet[Reading] = WeakSet()

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
