"""What agents have handed over to each other: each is a note with an addressee."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from data.records.handovers import Handover, HandoverState
from data.records.mentions import MOST_SHOWN
from data.tables.mentions import key, keys

_BEGINNING = MOST_SHOWN + 300
_SELECT = f"""SELECT h.message_id, m.ticket_id, h.author, h.addressee, m.received_at, substr(m.text, 1, {_BEGINNING}),
    h.state FROM handover h JOIN message m ON m.id = h.message_id WHERE m.withdrawn = 0 """


class Handovers:
    """Reads and writes hand-overs through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def insert(self, message_id: int, author: str, addressee: str) -> None:
        """Note that a note hands its ticket over."""
        sql = "INSERT OR IGNORE INTO handover VALUES (?, ?, ?, ?, 'open', NULL)"
        self._db.execute(sql, (message_id, author, addressee, key(addressee)))

    def delete(self, message_id: int) -> None:
        """Forget a hand-over that was undone."""
        self._db.execute("DELETE FROM handover WHERE message_id = ?", (message_id,))

    def move(self, message_id: int, before: HandoverState, after: HandoverState, answer: int | None = None) -> bool:
        """Change the state of a hand-over, if it is still `before`; `answer` is the note that says so."""
        sql = "UPDATE handover SET state = ?, answer_id = ? WHERE message_id = ? AND state = ?"
        return self._db.execute(sql, (after, answer, message_id, before)).rowcount == 1

    def open(self) -> list[Handover]:
        """Return all that are not answered, the oldest first."""
        return self._read("AND h.state = 'open' ORDER BY h.message_id", {})

    def to(self, names: Iterable[str]) -> list[Handover]:
        """Return those to an agent of these names that are not answered, the oldest first."""
        names_json = json.dumps(sorted(keys(names)))
        sql = "AND h.state = 'open' AND h.name IN (SELECT value FROM json_each(:names)) ORDER BY h.message_id"
        return self._read(sql, {"names": names_json})

    def open_on(self, ticket_id: int) -> Handover | None:
        """Return the one on a ticket that is not answered, None if there is none."""
        sql = "AND h.state = 'open' AND m.ticket_id = :ticket ORDER BY h.message_id DESC LIMIT 1"
        return next(iter(self._read(sql, {"ticket": ticket_id})), None)

    def said_by(self, message_id: int) -> tuple[HandoverState, str] | None:
        """Return what a note says: `open` and to whom it hands over, or an answer; None for a plain note."""
        sql = """SELECT 'open', addressee FROM handover WHERE message_id = :note
            UNION ALL SELECT state, '' FROM handover WHERE answer_id = :note LIMIT 1"""
        row = self._db.execute(sql, {"note": message_id}).fetchone()
        return (HandoverState(row[0]), row[1]) if row else None

    def _read(self, where: str, given: dict[str, Any]) -> list[Handover]:
        return [
            Handover(number, ticket_id, author, addressee, at, text, HandoverState(state))
            for number, ticket_id, author, addressee, at, text, state in self._db.execute(_SELECT + where, given)
        ]
