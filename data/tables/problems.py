"""Problems, and the tickets that are linked to them."""

from __future__ import annotations

import sqlite3

from data.records.problems import Problem, ProblemState

_SELECT = """SELECT p.id, p.title, p.state, p.opened_at, p.opened_by,
    (SELECT count(*) FROM problem_link l WHERE l.problem_id = p.id),
    (SELECT count(*) FROM problem_link l JOIN ticket t ON t.id = l.ticket_id
        WHERE l.problem_id = p.id AND t.status NOT IN ('solved', 'closed'))
    FROM problem p """


class Problems:
    """Reads and writes problems through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def insert(self, title: str, opened_at: int, opened_by: str) -> int:
        """Store a problem and return its number."""
        sql = "INSERT INTO problem (title, state, opened_at, opened_by) VALUES (?, 'open', ?, ?)"
        return int(self._db.execute(sql, (title, opened_at, opened_by)).lastrowid or 0)

    def get(self, problem_id: int) -> Problem | None:
        """Return the problem, or None; withdrawn ones are left out."""
        row = self._db.execute(_SELECT + "WHERE p.id = ? AND p.state <> 'withdrawn'", (problem_id,)).fetchone()
        return _problem(row) if row else None

    def all(self, *, solved: bool = False) -> list[Problem]:
        """Return the open problems (with `solved`, those too), the newest first."""
        states = "('open', 'solved')" if solved else "('open')"
        return [_problem(row) for row in self._db.execute(f"{_SELECT}WHERE p.state IN {states} ORDER BY p.id DESC")]

    def of(self, ticket_id: int) -> Problem | None:
        """Return the problem that a ticket is linked to."""
        number = self.linked(ticket_id)
        return self.get(number) if number else None

    def linked(self, ticket_id: int) -> int:
        """Return the number of the problem that a ticket is linked to, 0 for none."""
        row = self._db.execute("SELECT problem_id FROM problem_link WHERE ticket_id = ?", (ticket_id,)).fetchone()
        return int(row[0]) if row else 0

    def tickets(self, problem_id: int) -> list[int]:
        """Return the tickets that are linked to a problem, by number."""
        sql = "SELECT ticket_id FROM problem_link WHERE problem_id = ? ORDER BY ticket_id"
        return [row[0] for row in self._db.execute(sql, (problem_id,))]

    def link(self, ticket_id: int, problem_id: int) -> None:
        """Link a ticket to a problem instead of any other; 0 links it to none."""
        if not problem_id:
            self._db.execute("DELETE FROM problem_link WHERE ticket_id = ?", (ticket_id,))
            return
        self._db.execute("INSERT OR REPLACE INTO problem_link VALUES (?, ?)", (ticket_id, problem_id))

    def turn(self, problem_id: int, old: ProblemState, new: ProblemState) -> bool:
        """Take the problem from one state to another if it is still in the first; return whether it was."""
        sql = "UPDATE problem SET state = ? WHERE id = ? AND state = ?"
        return self._db.execute(sql, (new, problem_id, old)).rowcount == 1


def _problem(row: tuple[int, str, str, int, str, int, int]) -> Problem:
    return Problem(row[0], row[1], ProblemState(row[2]), *row[3:])
