"""What hangs on a ticket besides its words: promises and the steps of its procedure."""

from __future__ import annotations

import json
import sqlite3

from data.records import Promise, StepAnswer


class Work:
    """Reads and writes promises and procedure steps through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def promise(self, ticket_id: int, promise: Promise) -> int:
        """Store a promise and return its number."""
        cursor = self._db.execute(
            "INSERT INTO promise (ticket_id, text, due_at, state) VALUES (?, ?, ?, 'open')",
            (ticket_id, promise.text, promise.due_at),
        )
        return int(cursor.lastrowid or 0)

    def set_state(self, table: str, row_id: int, state: str) -> None:
        """Set the state of a `promise`."""
        sql = {"promise": "UPDATE promise SET state = ? WHERE id = ?"}
        self._db.execute(sql[table], (state, row_id))

    def steps(self, ticket_id: int, procedure: str) -> dict[str, StepAnswer]:
        """Return what was answered at each step of the procedure so far, by whom and when."""
        sql = "SELECT step, value, at, actor FROM step WHERE ticket_id = ? AND procedure = ?"
        found = self._db.execute(sql, (ticket_id, procedure))
        return {step: StepAnswer(json.loads(value), at, actor) for step, value, at, actor in found}

    def take_step(self, ticket_id: int, procedure: str, step: str, answer: StepAnswer | None) -> None:
        """Write the answer to a step; None takes it back."""
        if answer is None:
            self._db.execute(
                "DELETE FROM step WHERE ticket_id = ? AND procedure = ? AND step = ?", (ticket_id, procedure, step)
            )
            return
        self._db.execute(
            "INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?, ?)",
            (ticket_id, procedure, step, json.dumps(answer.value, ensure_ascii=False), answer.at, answer.actor),
        )
