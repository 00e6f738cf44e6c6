"""Mails to third parties: which ticket each belongs to, so that its answer finds it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from data.records.forwards import SentForward

_SELECT = "SELECT id, ticket_id, message, address, message_id FROM forward "


class Forwards:
    """Reads and writes forwards through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def next_number(self) -> int:
        """Return the number that the next forward gets; ask inside the transaction that stores it."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM forward").fetchone()[0])

    def insert(self, forward: SentForward) -> None:
        """Store a forward under its number."""
        self._db.execute(
            "INSERT INTO forward (id, ticket_id, message, address, message_id) VALUES (?, ?, ?, ?, ?)",
            (forward.id, forward.ticket_id, forward.message, forward.address, forward.message_id),
        )

    def withdraw(self, number: int, withdrawn: bool) -> None:
        """Let no answer find it, or let answers find it again."""
        self._db.execute("UPDATE forward SET withdrawn = ? WHERE id = ?", (int(withdrawn), number))

    def get(self, number: int) -> SentForward | None:
        """Return a forward that was not withdrawn."""
        row = self._db.execute(_SELECT + "WHERE id = ? AND withdrawn = 0", (number,)).fetchone()
        return SentForward(*row) if row else None

    def continued(self, address: str, values: Sequence[str]) -> SentForward | None:
        """Return the latest forward to this address whose answer, kept as a note, carries one of these Message-IDs."""
        sql = """SELECT f.id, f.ticket_id, f.message, f.address, f.message_id FROM forward f
            WHERE f.address = ? AND f.withdrawn = 0 AND EXISTS (SELECT 1 FROM message m WHERE m.ticket_id = f.ticket_id
                AND m.direction = 'note' AND m.raw_sha256 <> '' AND m.from_address = f.address
                AND m.message_id IN (SELECT value FROM json_each(?)))
            ORDER BY f.id DESC LIMIT 1"""
        row = self._db.execute(sql, (address, json.dumps(list(values)))).fetchone() if values else None
        return SentForward(*row) if row else None

    def by_message_ids(self, values: Sequence[str]) -> SentForward | None:
        """Return the forward that carries the last of these Message-IDs that any does."""
        if not values:
            return None
        sql = _SELECT + "WHERE message_id IN (SELECT value FROM json_each(?)) AND withdrawn = 0 ORDER BY id DESC"
        named = [SentForward(*row) for row in self._db.execute(sql, (json.dumps(values),))]
        by_value = {forward.message_id: forward for forward in named}
        return next((by_value[value] for value in reversed(values) if value in by_value), None)
