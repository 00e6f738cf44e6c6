"""Lanes: the queues on screen, in their order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from data.records.tickets import Lane


class Lanes:
    """Reads and writes the lanes through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def all(self) -> list[Lane]:
        """Return the lanes in the order of the screen."""
        return [
            Lane(*row) for row in self._db.execute("SELECT name, title, position FROM lane ORDER BY position, name")
        ]

    def save(self, lanes: Sequence[Lane]) -> None:
        """Make these the lanes, with these titles and places; any other stays behind them while tickets are in it."""
        self._db.execute(
            "DELETE FROM lane WHERE NOT EXISTS (SELECT 1 FROM lane_count c WHERE c.lane = lane.name AND c.n > 0)"
        )
        self._db.execute("UPDATE lane SET position = position + ?", (len(lanes),))
        self._db.executemany(
            "INSERT INTO lane VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET title = excluded.title, position = excluded.position",
            [(lane.name, lane.title, lane.position) for lane in lanes],
        )
