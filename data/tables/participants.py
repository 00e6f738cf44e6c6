"""What agents decided about people in Cc: taken in, or dropped."""

from __future__ import annotations

import sqlite3

from data.records.participants import Standing


class Participants:
    """Reads and writes the decisions through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def decided(self, ticket_id: int) -> dict[str, Standing]:
        """Return a ticket's addresses that an agent decided about, sorted."""
        rows = self._db.execute(
            "SELECT address, standing FROM participant WHERE ticket_id = ? ORDER BY address", (ticket_id,)
        )
        return {address: Standing(standing) for address, standing in rows}

    def decide(self, ticket_id: int, address: str, standing: Standing | None) -> None:
        """Keep a decision; None forgets it."""
        if standing is None:
            self._db.execute("DELETE FROM participant WHERE ticket_id = ? AND address = ?", (ticket_id, address))
            return
        sql = """INSERT INTO participant (ticket_id, address, standing) VALUES (?, ?, ?)
            ON CONFLICT (ticket_id, address) DO UPDATE SET standing = excluded.standing"""
        self._db.execute(sql, (ticket_id, address, standing))
