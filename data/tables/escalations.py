"""Escalations: matters handed to other teams, each a child of its ticket."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from data.records.escalations import Escalation, EscalationState

_COLUMNS = (
    "team", "reason", "reference", "due_at", "state", "id", "ticket_id", "opened_at", "opened_by", "address",
    "message_id", "settled_at",
)  # fmt: skip
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM escalation "
_STANDING = "state IN ('open', 'answered', 'returned')"


class Escalations:
    """Reads and writes escalations through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def insert(self, escalation: Escalation) -> int:
        """Store an escalation (its `id` 0: the store gives one) and return its number."""
        row = {name: getattr(escalation, name) for name in _COLUMNS} | {"id": escalation.id or None}
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        return int(self._db.execute(f"INSERT INTO escalation ({names}) VALUES ({marks})", row).lastrowid or 0)

    def mailed(self, escalation_id: int, address: str, message_id: str) -> None:
        """Store the address it was mailed to, and the Message-ID."""
        sql = "UPDATE escalation SET address = ?, message_id = ? WHERE id = ?"
        self._db.execute(sql, (address, message_id, escalation_id))

    def get(self, escalation_id: int) -> Escalation | None:
        """Return the escalation, or None; withdrawn ones are returned too."""
        row = self._db.execute(_SELECT + "WHERE id = ?", (escalation_id,)).fetchone()
        return _escalation(row) if row else None

    def of(self, ticket_id: int) -> list[Escalation]:
        """Return a ticket's escalations that were not withdrawn, oldest first."""
        sql = _SELECT + "WHERE ticket_id = ? AND state <> 'withdrawn' ORDER BY id"
        return [_escalation(row) for row in self._db.execute(sql, (ticket_id,))]

    def standing(self, *, closed: bool = False, team: str = "") -> list[Escalation]:
        """Return what is open or came back (with `closed`, all that were not withdrawn), the earliest due first."""
        where = "state <> 'withdrawn'" if closed else _STANDING
        sql = f"{_SELECT} WHERE {where} ORDER BY due_at IS NULL, due_at, id"
        wanted = team.strip().casefold()
        results = (_escalation(row) for row in self._db.execute(sql))
        return [escalation for escalation in results if not wanted or escalation.team.casefold() == wanted]

    def back(self) -> set[int]:
        """Return the numbers of those that came back and wait for us."""
        sql = "SELECT id FROM escalation WHERE state IN ('answered', 'returned')"
        return {row[0] for row in self._db.execute(sql)}

    def overdue(self, now: int, *, untold: bool = False) -> list[Escalation]:
        """Return the open escalations whose answer is late; `untold` leaves out those that `tell` was called for."""
        sql = _SELECT + "WHERE state = 'open' AND due_at <= ? AND told <= ? ORDER BY due_at, id"
        return [_escalation(row) for row in self._db.execute(sql, (now, int(not untold)))]

    def held(self, now: int) -> dict[int, str]:
        """Return the tickets that another team holds, and the team: open there, not late, none come back.

        A ticket whose customer wrote since waits for us all the same.
        """
        sql = """SELECT h.ticket_id, h.team FROM (
            SELECT e.ticket_id, e.team, max(e.opened_at) AS since FROM escalation e
            WHERE e.state = 'open' AND (e.due_at IS NULL OR e.due_at > :now)
                AND NOT EXISTS (SELECT 1 FROM escalation o WHERE o.ticket_id = e.ticket_id
                    AND (o.state IN ('answered', 'returned') OR (o.state = 'open' AND o.due_at <= :now)))
            GROUP BY e.ticket_id) h
            WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.ticket_id = h.ticket_id AND m.direction = 'in'
                AND m.kind IN ('mail', 'form', 'report') AND m.received_at > h.since)"""
        return {row[0]: row[1] for row in self._db.execute(sql, {"now": now})}

    def tell(self, escalation_id: int) -> None:
        """Remember that its ticket was woken because the answer is late: that happens once."""
        self._db.execute("UPDATE escalation SET told = 1 WHERE id = ?", (escalation_id,))

    def by_message_ids(self, values: Sequence[str]) -> Escalation | None:
        """Return the escalation whose mail carries the last of these Message-IDs that any does."""
        if not values:
            return None
        sql = (
            _SELECT
            + """WHERE message_id IN (SELECT value FROM json_each(?)) AND message_id <> ''
            AND state <> 'withdrawn' ORDER BY id DESC"""
        )
        named = [_escalation(row) for row in self._db.execute(sql, (json.dumps(values),))]
        by_value = {escalation.message_id: escalation for escalation in named}
        return next((by_value[value] for value in reversed(values) if value in by_value), None)

    def teams(self) -> list[str]:
        """Return the teams that were escalated to, the most used first."""
        sql = "SELECT team FROM escalation WHERE state <> 'withdrawn' GROUP BY team ORDER BY count(*) DESC, team"
        return [row[0] for row in self._db.execute(sql)]

    def turn(
        self,
        escalation_id: int,
        old: EscalationState,
        state: EscalationState,
        reference: str = "",
        settled_at: int | None = None,
    ) -> bool:
        """Write state, the other team's reference and when it answered, if the state is still `old`; tell if it was."""
        sql = "UPDATE escalation SET state = ?, reference = ?, settled_at = ? WHERE id = ? AND state = ?"
        return self._db.execute(sql, (state, reference, settled_at, escalation_id, old)).rowcount == 1


def _escalation(row: Sequence[Any]) -> Escalation:
    values = dict(zip(_COLUMNS, row, strict=True))
    return Escalation(**values | {"state": EscalationState(values["state"])})
