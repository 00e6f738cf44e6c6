"""Requests of programs that were carried out, each with its answer: the same request is not carried out again."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple


class Answered(NamedTuple):
    """A request that was carried out: a hash of what it asked for, and its answer."""

    asked: bytes
    answer: dict[str, Any]


class AnsweredRequests:
    """Reads and writes answered requests through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, name: bytes) -> Answered | None:
        """Return the request of this name, or None."""
        row = self._db.execute("SELECT asked, answer FROM answered_request WHERE name = ?", (name,)).fetchone()
        return Answered(row[0], json.loads(row[1])) if row else None

    def add(self, name: bytes, answered: Answered, *, ticket_id: int, at: int) -> None:
        """Store a request under its name; `ticket_id` is the only ticket that it was about, else 0."""
        values = (name, answered.asked, ticket_id, json.dumps(answered.answer, ensure_ascii=False), at)
        self._db.execute(
            "INSERT INTO answered_request (name, asked, ticket_id, answer, at) VALUES (?, ?, ?, ?, ?)", values
        )

    def forget(self, before: int) -> None:
        """Remove the requests that were answered before this moment."""
        self._db.execute("DELETE FROM answered_request WHERE at < ?", (before,))
