"""Shifts: when each agent worked, and the hand-over that each shift left."""

from __future__ import annotations

import sqlite3
from typing import Any

from data.records.shifts import Shift

_SELECT = "SELECT id, agent, began_at, since_event, ended_at, note FROM shift "


class Shifts:
    """Reads and writes shifts through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, agent: str, at: int, since_event: int) -> int:
        """Store a shift that goes on and return its number."""
        sql = "INSERT INTO shift (agent, began_at, since_event) VALUES (?, ?, ?)"
        return int(self._db.execute(sql, (agent, at, since_event)).lastrowid or 0)

    def latest(self, agent: str) -> Shift | None:
        """Return the agent's newest shift, whether it goes on or not."""
        return self._first("WHERE agent = ? ORDER BY began_at DESC, id DESC LIMIT 1", (agent,))

    def get(self, number: int) -> Shift | None:
        """Return one shift, or None."""
        return self._first("WHERE id = ?", (number,))

    def first_begun(self) -> dict[str, int]:
        """Return when each agent's first shift began."""
        return dict(self._db.execute("SELECT agent, min(began_at) FROM shift GROUP BY agent").fetchall())

    def left_notes(self, since: int) -> list[Shift]:
        """Return the shifts of any agent that left a hand-over since then, the newest first; at least the last one."""
        sql = (
            _SELECT
            + """WHERE ended_at IS NOT NULL AND note <> ''
            AND ended_at >= min(?, (SELECT max(ended_at) FROM shift WHERE note <> ''))
            ORDER BY ended_at DESC, id DESC"""
        )
        return [Shift(*row) for row in self._db.execute(sql, (since,))]

    def between(self, agent: str, since: int, until: int) -> list[Shift]:
        """Return the agent's shifts that are at least partly in `[since, until)`, oldest first."""
        sql = _SELECT + "WHERE agent = ? AND began_at < ? AND coalesce(ended_at, ?) > ? ORDER BY began_at, id"
        return [Shift(*row) for row in self._db.execute(sql, (agent, until, until, since))]

    def turn(self, number: int, before: int | None, ended_at: int | None, note: str) -> bool:
        """End a shift, or let it go on, if it still ended at `before` (None: it goes on); return whether it did."""
        sql = "UPDATE shift SET ended_at = ?, note = ? WHERE id = ? AND ended_at IS ?"
        return self._db.execute(sql, (ended_at, note, number, before)).rowcount == 1

    def _first(self, rest: str, values: tuple[Any, ...]) -> Shift | None:
        row = self._db.execute(_SELECT + rest, values).fetchone()
        return Shift(*row) if row else None
