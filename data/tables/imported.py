"""Where imported tickets came from, and what of them has no equivalent."""

from __future__ import annotations

import json
import sqlite3

from data.records.incoming import Imported


class Imports:
    """Reads and writes the exported state of tickets through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save(self, ticket_id: int, imported: Imported) -> None:
        """Keep what an export says of a ticket, in the place of an older one."""
        extra = json.dumps(dict(imported.extra), ensure_ascii=False)
        self._db.execute(
            "INSERT OR REPLACE INTO imported (ticket_id, tool, ref, record, messages, extra) VALUES (?, ?, ?, ?, ?, ?)",
            (ticket_id, imported.tool, imported.ref, imported.record, imported.messages, extra),
        )

    def of(self, ticket_id: int) -> Imported | None:
        """Return a ticket's exported state, None if it was not imported."""
        sql = "SELECT tool, ref, record, messages, extra FROM imported WHERE ticket_id = ?"
        row = self._db.execute(sql, (ticket_id,)).fetchone()
        return Imported(row[0], row[1], row[2], row[3], json.loads(row[4])) if row else None

    def holds(self, record: str) -> int | None:
        """Return how many messages a record held that was taken in as it is, None for one that was not."""
        row = self._db.execute("SELECT messages FROM imported WHERE record = ? LIMIT 1", (record,)).fetchone()
        return int(row[0]) if row else None
