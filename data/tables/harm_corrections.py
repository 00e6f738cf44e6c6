"""What agents said of the harm in messages. The texts stay in the messages: what is erased there is gone here too."""

from __future__ import annotations

import sqlite3

from data.records.harm import HarmCorrection


class HarmCorrections:
    """Reads and writes corrections through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of(self, message_id: int) -> str:
        """Return the kind of harm that an agent named for a message, `none` for no harm, empty if no one corrected."""
        row = self._db.execute("SELECT kind FROM harm_correction WHERE message_id = ?", (message_id,)).fetchone()
        return str(row[0]) if row else ""

    def save(self, message_id: int, kind: str) -> None:
        """Keep a correction in place of an earlier one; an empty kind takes it back."""
        self._db.execute("DELETE FROM harm_correction WHERE message_id = ?", (message_id,))
        if kind:
            self._db.execute("INSERT INTO harm_correction (message_id, kind) VALUES (?, ?)", (message_id, kind))

    def newest(self, limit: int) -> list[HarmCorrection]:
        """Return the corrections of the newest `limit` messages, newest first."""
        sql = """SELECT c.message_id, m.ticket_id, c.kind FROM harm_correction c JOIN message m ON m.id = c.message_id
            WHERE m.withdrawn = 0 ORDER BY c.message_id DESC LIMIT ?"""
        return [HarmCorrection(*row) for row in self._db.execute(sql, (limit,))]
