"""Events: the append-only record of who did what to which ticket, when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from data.records import Event

_SELECT = "SELECT id, action, ticket_id, at, actor, kind, detail FROM event "


class Events:
    """Appends and reads events through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, action: int, ticket_id: int, at: int, actor: str, kind: str, detail: Mapping[str, Any]) -> None:
        """Append one event. Detail holds names and numbers, never a message's text."""
        packed = json.dumps(dict(detail), ensure_ascii=False)
        self._db.execute(
            "INSERT INTO event (action, ticket_id, at, actor, kind, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (action, ticket_id, at, actor, kind, packed),
        )

    def of(self, ticket_id: int, limit: int = 200) -> list[Event]:
        """Return a ticket's newest events, oldest first."""
        rows = self._db.execute(_SELECT + "WHERE ticket_id = ? ORDER BY id DESC LIMIT ?", (ticket_id, limit))
        return [_event(row) for row in rows][::-1]

    def each(self, *, start: int = 0) -> Iterator[Event]:
        """Yield every event by number, from `start` on."""
        for row in self._db.execute(_SELECT + "WHERE id >= ? ORDER BY id", (start,)):
            yield _event(row)

    def latest(self, limit: int) -> list[Event]:
        """Return the newest events of all tickets, oldest first, without their detail: who did what, when."""
        sql = "SELECT id, action, ticket_id, at, actor, kind FROM event ORDER BY id DESC LIMIT ?"
        rows = self._db.execute(sql, (limit,)).fetchall()
        return [Event(row[0], row[1], row[2], row[3], row[4], row[5], {}) for row in reversed(rows)]

    def by_ticket(self, until: int) -> Iterator[tuple[int, list[Event]]]:
        """Yield each ticket's number, in order, with its events before `until`, less those that were undone."""
        undone = {row[0] for row in self._db.execute("SELECT id FROM action WHERE state = 'undone'")}
        rows = self._db.execute(_SELECT + "WHERE at < ? ORDER BY ticket_id, id", (until,))
        for ticket_id, group in groupby(rows, key=itemgetter(2)):
            yield ticket_id, [_event(row) for row in group if row[1] not in undone]

    def newest(self) -> int:
        """Return the number of the newest event, 0 where there is none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])

    def after(self, number: int, limit: int) -> list[Event]:
        """Return the events after this number, oldest first."""
        return [_event(row) for row in self._db.execute(_SELECT + "WHERE id > ? ORDER BY id LIMIT ?", (number, limit))]


def _event(row: tuple[Any, ...]) -> Event:
    return Event(row[0], row[1], row[2], row[3], row[4], row[5], json.loads(row[6]))
