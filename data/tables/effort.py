"""Effort: keys and seconds that agents' work on tickets took."""

from __future__ import annotations

import sqlite3

from data.records.shifts import Effort
from data.records.tickets import Status


class Efforts:
    """Reads and writes effort through one connection: one row per ticket and agent."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, effort: Effort) -> None:
        """Add to the agent's effort on the ticket."""
        sql = """INSERT INTO effort VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (ticket_id, agent) DO UPDATE SET
            at = max(at, excluded.at), keys = keys + excluded.keys, letters = letters + excluded.letters,
            seconds = seconds + excluded.seconds"""
        values = (effort.ticket_id, effort.agent, effort.at, effort.keys, effort.letters, effort.seconds)
        self._db.execute(sql, values)

    def agents(self) -> list[str]:
        """Return the agents whose effort was counted, in alphabetical order."""
        return [agent for (agent,) in self._db.execute("SELECT DISTINCT agent FROM effort ORDER BY agent")]

    def of_solved(self, agent: str, since: int, until: int) -> list[Effort]:
        """Return the effort for each ticket solved in `[since, until)` and still solved, in the order of solving."""
        sql = """SELECT effort.ticket_id, agent, ticket.solved_at, keys, letters, seconds FROM effort
            JOIN ticket ON ticket.id = effort.ticket_id
            WHERE agent = ? AND effort.at >= ? AND ticket.solved_at >= ? AND ticket.solved_at < ?
                AND ticket.status IN (?, ?)
            ORDER BY ticket.solved_at, ticket.id"""
        values = (agent, since - _DAY, since, until, Status.SOLVED, Status.CLOSED)
        return [Effort(*row) for row in self._db.execute(sql, values)]


_DAY = 86_400
"""A ticket counts if it was solved within this time after the agent's last key on it."""
