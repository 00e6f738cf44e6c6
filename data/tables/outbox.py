"""The outbox: replies on their way out, each with fixed bytes and a fixed Message-ID."""

from __future__ import annotations

import sqlite3
from typing import Any

from data.records import OutboxEntry, OutboxState

_SELECT = (
    "SELECT id, ticket_id, action, connector, state, message_id, recipient, raw, due_at, attempts, reason FROM outbox "
)
_WAITING = "WHERE state IN ('queued', 'sending', 'in doubt', 'failed', 'held') "


class Outbox:
    """Reads and writes the outbox through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, entry_id: int) -> OutboxEntry | None:
        """Return the entry, or None."""
        row = self._db.execute(_SELECT + "WHERE id = ?", (entry_id,)).fetchone()
        return _entry(row) if row else None

    def waiting(self) -> list[OutboxEntry]:
        """Return what has not left for good, the earliest first."""
        return [_entry(row) for row in self._db.execute(_SELECT + _WAITING + "ORDER BY due_at, id")]

    def due(self, now: int, limit: int = 50) -> list[OutboxEntry]:
        """Return the queued replies whose undo window is over."""
        sql = _SELECT + _WAITING + "AND state = 'queued' AND due_at <= ? ORDER BY due_at, id LIMIT ?"
        return [_entry(row) for row in self._db.execute(sql, (now, limit))]

    def counts(self) -> dict[OutboxState, int]:
        """Return how many replies wait in each state."""
        rows = self._db.execute(f"SELECT state, count(*) FROM outbox {_WAITING}GROUP BY state")
        return {OutboxState(state): n for state, n in rows}

    def insert(self, entry: OutboxEntry) -> int:
        """Queue a reply and return its number."""
        cursor = self._db.execute(
            "INSERT INTO outbox "
            "(ticket_id, action, connector, state, message_id, recipient, raw, due_at, attempts, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (entry.ticket_id, entry.action, entry.connector, entry.state, entry.message_id, entry.recipient, entry.raw,
             entry.due_at, entry.attempts, entry.reason),
        )  # fmt: skip
        return int(cursor.lastrowid or 0)

    def move(
        self, entry_id: int, old: OutboxState, new: OutboxState, *, reason: str = "", due_at: int | None = None
    ) -> bool:
        """Take the entry from one state to another if it is still in the first; tell whether it was."""
        sql = """UPDATE outbox SET state = :new, reason = :reason, due_at = coalesce(:due_at, due_at),
            attempts = attempts + (:new = 'sending') WHERE id = :id AND state = :old"""
        cursor = self._db.execute(sql, {"id": entry_id, "old": old, "new": new, "reason": reason, "due_at": due_at})
        return cursor.rowcount == 1

    def doubt_all(self) -> int:
        """Mark what was being sent when the program ended as in doubt; return how many."""
        sql = """UPDATE outbox SET state = 'in doubt', reason = 'the program ended while it was being sent'
            WHERE state = 'sending'"""
        return self._db.execute(sql).rowcount


def _entry(row: tuple[Any, ...]) -> OutboxEntry:
    return OutboxEntry(row[0], row[1], row[2], row[3], OutboxState(row[4]), row[5], row[6], bytes(row[7]), *row[8:])
