"""What was answered at the steps of a ticket's procedure."""

from __future__ import annotations

import json
import sqlite3

from data.records.changes import StepAnswer


class Work:
    """Reads and writes procedure steps through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def steps(self, ticket_id: int, procedure: str) -> dict[str, StepAnswer]:
        """Return what was answered at each step of the procedure so far, by whom and when."""
        sql = "SELECT step, value, at, actor FROM step WHERE ticket_id = ? AND procedure = ?"
        cursor = self._db.execute(sql, (ticket_id, procedure))
        return {step: StepAnswer(json.loads(value), at, actor) for step, value, at, actor in cursor}

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
