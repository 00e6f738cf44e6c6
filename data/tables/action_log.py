"""The undo log: what one key did, as steps that can be undone together."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Action:
    """One undoable action of an agent."""

    id: int
    at: int
    actor: str
    summary: str
    steps: list[dict[str, Any]]
    state: str = "done"


class Actions:
    """Reads and writes actions through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, actor: str, at: int) -> int:
        """Open a new action and return its number."""
        cursor = self._db.execute(
            "INSERT INTO action (at, actor, summary, state, steps) VALUES (?, ?, '', 'done', '[]')", (at, actor)
        )
        return int(cursor.lastrowid or 0)

    def finish(self, action: int, summary: str, steps: list[dict[str, Any]]) -> None:
        """Write what the action did, for undo and redo; what its actor had undone before stays undone for good."""
        packed = json.dumps(steps, ensure_ascii=False)
        self._db.execute("UPDATE action SET summary = ?, steps = ? WHERE id = ?", (summary, packed, action))
        if steps:
            self._db.execute(
                "UPDATE action SET state = 'dropped' "
                "WHERE actor = (SELECT actor FROM action WHERE id = ?) AND state = 'undone'",
                (action,),
            )

    def mark(self, action: int, state: str) -> None:
        """Set an action to `done`, `undone`, `partly undone` or `settled`; only the first two can be turned again."""
        self._db.execute("UPDATE action SET state = ? WHERE id = ?", (state, action))

    def to_undo(self, actor: str) -> Action | None:
        """Return the agent's newest action that was not undone."""
        return self._first("actor = ? AND state = 'done' AND steps <> '[]' ORDER BY id DESC", (actor,))

    def to_redo(self, actor: str) -> Action | None:
        """Return the agent's oldest undone action: the one that was undone last."""
        return self._first("actor = ? AND state = 'undone' ORDER BY id", (actor,))

    def get(self, number: int) -> Action | None:
        """Return the action of this number, whatever its state."""
        return self._first("id = ?", (number,))

    def states(self, numbers: Collection[int]) -> dict[int, tuple[str, str, bool]]:
        """Return actor, state and whether there is something to undo of each of these actions."""
        sql = "SELECT id, actor, state, steps <> '[]' FROM action WHERE id IN (SELECT value FROM json_each(?))"
        rows = self._db.execute(sql, (json.dumps(list(numbers)),))
        return {row[0]: (row[1], row[2], bool(row[3])) for row in rows}

    def last_at(self, actor: str) -> int | None:
        """Return when the actor last did anything, None if they never did."""
        sql = """SELECT max((SELECT max(at) FROM (SELECT at FROM action WHERE actor = ? AND state = value
            ORDER BY id DESC LIMIT 1))) FROM json_each('["done", "undone", "partly undone", "dropped", "settled"]')"""
        row = self._db.execute(sql, (actor,)).fetchone()[0]
        return None if row is None else int(row)

    def undone(self, actor: str, after: int) -> set[int]:
        """Return which of the actor's actions from number `after` on were undone."""
        sql = "SELECT id FROM action WHERE actor = ? AND state IN ('undone', 'dropped') AND id >= ?"
        return {row[0] for row in self._db.execute(sql, (actor, after))}

    def _first(self, rest: str, values: tuple[str | int, ...]) -> Action | None:
        row = self._db.execute(
            f"SELECT id, at, actor, summary, steps, state FROM action WHERE {rest} LIMIT 1", values
        ).fetchone()
        return Action(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5]) if row else None
