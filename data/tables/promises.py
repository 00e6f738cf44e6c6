"""Promises to customers with a due time, and whether they were kept."""

from __future__ import annotations

import sqlite3
from typing import Any

from data.records.promises import GivenPromise, Promise, PromiseState

_SELECT = "SELECT id, ticket_id, text, due_at, state, made_at, made_by, message_id, settled_at FROM promise "


class Promises:
    """Reads and writes promises through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, ticket_id: int, promise: Promise, *, at: int, by: str, message_id: int | None) -> int:
        """Store an open promise and return its number."""
        cursor = self._db.execute(
            "INSERT INTO promise (ticket_id, text, due_at, state, made_at, made_by, message_id) "
            "VALUES (?, ?, ?, 'open', ?, ?, ?)",
            (ticket_id, promise.text, promise.due_at, at, by, message_id),
        )
        return int(cursor.lastrowid or 0)

    def of(self, ticket_id: int) -> list[GivenPromise]:
        """Return a ticket's promises that were not undone, earliest due first."""
        sql = _SELECT + "WHERE ticket_id = ? AND state <> 'withdrawn' ORDER BY due_at, id"
        return [_promise(row) for row in self._db.execute(sql, (ticket_id,))]

    def open(self, *, until: int | None = None, limit: int = 500) -> list[GivenPromise]:
        """Return the open promises of all tickets that are due by `until` (all without), earliest due first."""
        sql = _SELECT + "WHERE state = 'open' AND due_at <= coalesce(?, due_at) ORDER BY due_at, id LIMIT ?"
        return [_promise(row) for row in self._db.execute(sql, (until, limit))]

    def each(self, *, states: tuple[PromiseState, ...] = tuple(PromiseState)) -> list[GivenPromise]:
        """Return every promise in one of the states, earliest due first."""
        marks = ", ".join("?" * len(states))
        sql = _SELECT + f"WHERE state IN ({marks}) ORDER BY due_at, id"
        return [_promise(row) for row in self._db.execute(sql, states)]

    def turn(self, row: int, old: PromiseState, new: PromiseState, settled_at: int | None) -> bool:
        """Take a promise from one state to another if it is still in the first; return whether it was."""
        sql = "UPDATE promise SET state = ?, settled_at = ? WHERE id = ? AND state = ?"
        return self._db.execute(sql, (new, settled_at, row, old)).rowcount == 1


def _promise(row: tuple[Any, ...]) -> GivenPromise:
    return GivenPromise(row[0], row[1], row[2], row[3], PromiseState(row[4]), row[5], row[6], row[7], row[8])
