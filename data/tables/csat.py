"""CSAT: rating requests in replies, and customers' ratings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from data.records.ratings import Question, Rating, RatingState, RatingVia

SECRET = "csat.secret"
"""The setting that tokens are made with; each desk file has its own."""

_ASKED = "SELECT id, token, ticket_id, message_id, at, agent, macro FROM csat_question WHERE state = 'asked' "
_COLUMNS = tuple(field.name for field in fields(Rating))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM csat "


class Csat:
    """Reads and writes questions and ratings through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def ask(self, question: Question) -> int:
        """Store a question (its `id` 0: the store gives one) and return its number."""
        sql = """INSERT INTO csat_question (token, ticket_id, message_id, at, agent, macro, state)
            VALUES (?, ?, ?, ?, ?, ?, 'asked')"""
        given = (question.token, question.ticket_id, question.message_id, question.at, question.agent, question.macro)
        return int(self._db.execute(sql, given).lastrowid or 0)

    def turn_question(self, row: int, old: str, new: str) -> bool:
        """Take a question from one state to the other (`asked`, `withdrawn`); return whether it was in the first."""
        sql = "UPDATE csat_question SET state = ? WHERE id = ? AND state = ?"
        return self._db.execute(sql, (new, row, old)).rowcount == 1

    def asked(self, ticket_id: int, until: int | None = None) -> Question | None:
        """Return the ticket's latest rating request up to `until`; None if there is none."""
        sql = _ASKED + "AND ticket_id = ? AND at <= coalesce(?, at) ORDER BY id DESC LIMIT 1"
        row = self._db.execute(sql, (ticket_id, until)).fetchone()
        return Question(*row) if row else None

    def asked_by_token(self, token: str) -> Question | None:
        """Return the latest question that carries the token."""
        row = self._db.execute(_ASKED + "AND token = ? ORDER BY id DESC LIMIT 1", (token,)).fetchone()
        return Question(*row) if row else None

    def add(self, rating: Rating) -> int:
        """Store a rating (its `id` 0: the store gives one) and return its number."""
        row = {name: getattr(rating, name) for name in _COLUMNS} | {"id": rating.id or None}
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        return int(self._db.execute(f"INSERT INTO csat ({names}) VALUES ({marks})", row).lastrowid or 0)

    def turn(self, row: int, old: RatingState, new: RatingState) -> bool:
        """Take a rating from one state to another if it is still in the first; return whether it was."""
        return self._db.execute("UPDATE csat SET state = ? WHERE id = ? AND state = ?", (new, row, old)).rowcount == 1

    def get(self, row: int) -> Rating | None:
        """Return a rating, whatever its state."""
        result = self._db.execute(_SELECT + "WHERE id = ?", (row,)).fetchone()
        return _rating(result) if result else None

    def of(self, ticket_id: int) -> list[Rating]:
        """Return a ticket's ratings, oldest first, without replaced and removed ratings."""
        sql = _SELECT + "WHERE ticket_id = ? AND state = 'stands' ORDER BY at, id"
        return [_rating(row) for row in self._db.execute(sql, (ticket_id,))]

    def of_customer(self, customer_id: int, limit: int = 20) -> list[Rating]:
        """Return a customer's newest ratings, newest first, without replaced and removed ratings."""
        sql = (
            _SELECT
            + """WHERE state = 'stands' AND ticket_id IN (SELECT id FROM ticket WHERE customer_id = ?)
            ORDER BY at DESC, id DESC LIMIT ?"""
        )
        return [_rating(row) for row in self._db.execute(sql, (customer_id, limit))]

    def each(self, since: int = 0, until: int | None = None, *, everything: bool = False) -> Iterator[Rating]:
        """Yield ratings by the time they were given; `everything` includes replaced and withdrawn ones."""
        sql = _SELECT + "WHERE at >= ? AND at < coalesce(?, at + 1) AND (? OR state = 'stands') ORDER BY at, id"
        for row in self._db.execute(sql, (since, until, everything)):
            yield _rating(row)

    def measured(self, since: int, until: int) -> Iterator[tuple[int, int, int, str, str, int]]:
        """Yield ticket, moment, value, agent, macro and the ticket's age of each valid rating of a period."""
        sql = """SELECT csat.ticket_id, csat.at, csat.value, csat.agent, csat.macro, max(0, csat.at - ticket.created_at)
            FROM csat JOIN ticket ON ticket.id = csat.ticket_id
            WHERE csat.state = 'stands' AND csat.at >= ? AND csat.at < ? ORDER BY csat.at, csat.id"""
        yield from self._db.execute(sql, (since, until))

    def questions(self, since: int, until: int) -> Iterator[tuple[int, int, int, str, str, int]]:
        """Yield ticket, moment, 1 where it was answered before `until`, agent, macro and age of a time's questions."""
        sql = """SELECT q.ticket_id, q.at, EXISTS (SELECT 1 FROM csat c WHERE c.question_id = q.id
                AND c.state = 'stands' AND c.at < :until), q.agent, q.macro, max(0, q.at - ticket.created_at)
            FROM csat_question q JOIN ticket ON ticket.id = q.ticket_id
            WHERE q.state = 'asked' AND q.at >= :since AND q.at < :until ORDER BY q.at, q.id"""
        yield from self._db.execute(sql, {"since": since, "until": until})

    def from_source(self, source: str) -> Rating | None:
        """Return the rating that this very answer of a file became, unless that was undone."""
        sql = _SELECT + "WHERE source = ? AND source <> '' AND state <> 'withdrawn'"
        row = self._db.execute(sql, (source,)).fetchone()
        return _rating(row) if row else None


def _rating(row: tuple[Any, ...]) -> Rating:
    values = dict(zip(_COLUMNS, row, strict=True))
    return Rating(**values | {"via": RatingVia(values["via"]), "state": RatingState(values["state"])})
