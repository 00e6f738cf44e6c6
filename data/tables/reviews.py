"""Reviews of single replies: samples, marks, what the agent answered, and pairs for comparing reviewers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from data.records.reviews import (
    AnswerKind,
    Calibration,
    Candidate,
    Mark,
    Picked,
    Review,
    ReviewAnswer,
    ReviewState,
    Sample,
)

_REVIEW = (
    "SELECT id, ticket_id, message_id, agent, reviewer, scorecard, percent, failed, comment, at, state, revises, "
    "calibration, seen_at FROM review "
)
_DISPUTED = """WHERE reviewer = ? AND state = 'given' AND seen_at IS NOT NULL
    AND (SELECT kind FROM review_answer a WHERE a.review_id = review.id AND a.state = 'stands'
        ORDER BY a.id DESC LIMIT 1) = 'dispute' """
_CALIBRATION = "SELECT id, ticket_id, message_id, scorecard, reviewers, at, actor, state FROM calibration "
_NEW_FOR = 7 * 86_400
"""Seconds for which a wording that an agent has just met counts as new."""
_CANDIDATES = f"""SELECT m.id, m.ticket_id, m.from_name, t.lane, m.language, m.at, coalesce(t.severity, ''), t.reopens,
        (SELECT min(value) FROM csat c WHERE c.ticket_id = t.id AND c.state = 'stands'), e.detail,
        EXISTS (SELECT 1 FROM known_wording k WHERE k.agent = m.from_name AND k.at BETWEEN m.at - {_NEW_FOR} AND m.at
            AND (k.kind = 'macro' AND instr(' + ' || m.macro || ' + ', ' + ' || k.name || ' + ')
                OR k.kind = 'procedure' AND m.procedure LIKE k.name || '@%')),
        length(m.text)
    FROM message m JOIN ticket t ON t.id = m.ticket_id
    LEFT JOIN outbox o ON o.message_id = m.message_id AND m.message_id <> ''
    LEFT JOIN event e ON e.ticket_id = m.ticket_id AND e.action = o.action AND e.kind = 'reply'
    WHERE m.direction = 'out' AND m.withdrawn = 0 AND m.at >= ? AND m.at < ? AND m.from_name <> ''
        AND m.kind <> 'auto' AND coalesce(o.state, '') <> 'recalled'
        AND NOT EXISTS (SELECT 1 FROM review r WHERE r.ticket_id = m.ticket_id AND r.state = 'given')
        AND NOT EXISTS (SELECT 1 FROM sample_item i JOIN sample s ON s.id = i.sample_id
            WHERE i.ticket_id = m.ticket_id AND s.state = 'drawn')
    ORDER BY m.id"""


class Reviews:
    """Reads and writes reviews through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def candidates(self, since: int, until: int) -> Iterator[Candidate]:
        """Yield the replies from `since` up to `until`, given here or elsewhere, that can be drawn.

        Their ticket is in no sample and no reply of it was reviewed.
        """
        for row in self._db.execute(_CANDIDATES, (since, until)):
            detail = json.loads(row[9] or "{}")
            changed = detail.get("changed") or {}
            dues = [(changed.get(name) or [None])[0] for name in ("first_due", "next_due")]
            passed = (*detail.get("overridden", ()), *detail.get("skipped_steps", ()))
            late = any(due is not None and due < row[5] for due in dues)
            yield Candidate(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6],
                row[7],
                row[8],
                late,
                passed,
                bool(row[10]),
                row[11],
            )

    def taken(self, ticket_ids: Sequence[int]) -> bool:
        """Return whether a valid sample holds a reply of one of these tickets."""
        sql = """SELECT 1 FROM sample_item i JOIN sample s ON s.id = i.sample_id AND s.state = 'drawn'
            WHERE i.ticket_id IN (SELECT value FROM json_each(?)) LIMIT 1"""
        return self._db.execute(sql, (json.dumps(list(ticket_ids)),)).fetchone() is not None

    def add_sample(self, sample: Sample) -> int:
        """Store a sample with what it holds and return its number."""
        sql = "INSERT INTO sample (at, actor, mode, seed, state) VALUES (?, ?, ?, ?, 'drawn')"
        number = int(self._db.execute(sql, (sample.at, sample.by, sample.mode, sample.seed)).lastrowid or 0)
        self._db.executemany(
            "INSERT INTO sample_item VALUES (?, ?, ?, ?, ?, ?)",
            [
                (number, place, pick.message_id, pick.ticket_id, pick.agent, json.dumps(pick.why, ensure_ascii=False))
                for place, pick in enumerate(sample.picked)
            ],
        )
        return number

    def to_review(self, reviewer: str) -> list[Picked]:
        """Return what the reviewer drew and is not reviewed yet, in the order of drawing; nothing of their own."""
        sql = """SELECT i.message_id, i.ticket_id, i.agent, i.why FROM sample_item i JOIN sample s ON s.id = i.sample_id
            JOIN message m ON m.id = i.message_id AND m.withdrawn = 0
            WHERE s.state = 'drawn' AND s.actor = ? AND i.agent <> ? AND NOT EXISTS (SELECT 1 FROM review r
                WHERE r.message_id = i.message_id AND r.state = 'given' AND r.calibration IS NULL)
            ORDER BY s.id, i.place"""
        return [Picked(row[0], row[1], row[2], tuple(json.loads(row[3]))) for row in self._db.execute(
            sql, (reviewer, reviewer))]  # fmt: skip

    def add(self, review: Review, marks: Sequence[Mark]) -> int:
        """Store a review (its `id` 0: the store gives one) with its marks and return its number."""
        sql = """INSERT INTO review (ticket_id, message_id, agent, reviewer, scorecard, percent, failed, comment, at,
            state, revises, calibration) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        given = (
            review.ticket_id, review.message_id, review.agent, review.reviewer, review.scorecard, review.percent,
            json.dumps(review.failed), review.comment, review.at, review.state, review.revises, review.calibration,
        )  # fmt: skip
        number = int(self._db.execute(sql, given).lastrowid or 0)
        self._db.executemany(
            "INSERT INTO review_mark VALUES (?, ?, ?, ?, ?, ?)",
            [(number, place, mark.criterion, mark.points, mark.best, mark.comment) for place, mark in enumerate(marks)],
        )
        return number

    def get(self, number: int) -> Review | None:
        """Return a review, whatever its state."""
        row = self._db.execute(_REVIEW + "WHERE id = ?", (number,)).fetchone()
        return _review(row) if row else None

    def marks(self, number: int) -> list[Mark]:
        """Return the marks of a review in the order of its card."""
        sql = "SELECT criterion, points, best, comment FROM review_mark WHERE review_id = ? ORDER BY place"
        return [Mark(*row) for row in self._db.execute(sql, (number,))]

    def of_message(self, message_id: int) -> list[Review]:
        """Return a reply's valid reviews, calibrations too, oldest first."""
        sql = _REVIEW + "WHERE message_id = ? AND state = 'given' ORDER BY id"
        return [_review(row) for row in self._db.execute(sql, (message_id,))]

    def latest_of(self, message_id: int, reviewer: str) -> Review | None:
        """Return a reviewer's latest review of a reply, undone or not."""
        sql = _REVIEW + "WHERE message_id = ? AND reviewer = ? ORDER BY id DESC LIMIT 1"
        row = self._db.execute(sql, (message_id, reviewer)).fetchone()
        return _review(row) if row else None

    def each(self, *, agent: str = "", reviewer: str = "", since: int = 0, everything: bool = False) -> list[Review]:
        """Return valid reviews, without calibrations, newest first; `everything` adds revised ones."""
        sql = (
            _REVIEW
            + """WHERE calibration IS NULL AND (state = 'given' OR (? AND state = 'revised')) AND at >= ?
            AND agent = coalesce(nullif(?, ''), agent) AND reviewer = coalesce(nullif(?, ''), reviewer)
            ORDER BY at DESC, id DESC"""
        )
        return [_review(row) for row in self._db.execute(sql, (everything, since, agent, reviewer))]

    def for_agent(self, agent: str, limit: int) -> list[Review]:
        """Return up to `limit` valid reviews of an agent's replies, unseen reviews first, then the newest."""
        sql = _REVIEW + (
            "WHERE agent = ? AND state = 'given' AND calibration IS NULL "
            "ORDER BY seen_at IS NOT NULL, at DESC, id DESC LIMIT ?"
        )
        return [_review(row) for row in self._db.execute(sql, (agent, limit))]

    def measured(self, since: int, until: int) -> Iterator[tuple[int, int, float, str, str, int]]:
        """Yield ticket, moment, percent, agent, macro and the ticket's age of each valid review of a period."""
        sql = """SELECT r.ticket_id, r.at, r.percent, r.agent, m.macro, max(0, r.at - t.created_at)
            FROM review r JOIN message m ON m.id = r.message_id JOIN ticket t ON t.id = r.ticket_id
            WHERE r.state = 'given' AND r.calibration IS NULL AND r.at >= ? AND r.at < ? ORDER BY r.at, r.id"""
        yield from self._db.execute(sql, (since, until))

    def unread(self, agent: str) -> int:
        """Return how many reviews of the agent's replies the agent has not seen yet."""
        sql = """SELECT count(*) FROM review WHERE agent = ? AND seen_at IS NULL AND state = 'given'
            AND calibration IS NULL"""
        return int(self._db.execute(sql, (agent,)).fetchone()[0])

    def disputed(self, reviewer: str) -> int:
        """Return how many reviews of this reviewer are disputed and wait for their word."""
        return int(self._db.execute(f"SELECT count(*) FROM review {_DISPUTED}", (reviewer,)).fetchone()[0])

    def disputes(self, reviewer: str) -> list[Review]:
        """Return those reviews, oldest first."""
        return [_review(row) for row in self._db.execute(_REVIEW + _DISPUTED + "ORDER BY id", (reviewer,))]

    def see(self, number: int, at: int) -> bool:
        """Note that the agent saw the review; return whether that was the first time."""
        sql = "UPDATE review SET seen_at = ? WHERE id = ? AND seen_at IS NULL AND state = 'given'"
        return self._db.execute(sql, (at, number)).rowcount == 1

    def turn(self, number: int, old: ReviewState, new: ReviewState) -> bool:
        """Move a review from one state to another if it is still in the first; a seen review stays.

        Returns whether it was moved.
        """
        sql = "UPDATE review SET state = ? WHERE id = ? AND state = ? AND (? <> 'withdrawn' OR seen_at IS NULL)"
        return self._db.execute(sql, (new, number, old, new)).rowcount == 1

    def answer(self, answer: ReviewAnswer) -> int:
        """Store a word on a review and return its number."""
        sql = "INSERT INTO review_answer (review_id, at, actor, kind, text, state) VALUES (?, ?, ?, ?, ?, 'stands')"
        given = (answer.review_id, answer.at, answer.actor, answer.kind, answer.text)
        return int(self._db.execute(sql, given).lastrowid or 0)

    def answers(self, number: int) -> list[ReviewAnswer]:
        """Return the words on a review and on those that it revises, oldest first."""
        sql = """WITH RECURSIVE chain(id) AS (SELECT ? UNION SELECT revises FROM review JOIN chain USING (id)
                WHERE revises IS NOT NULL)
            SELECT id, review_id, at, actor, kind, text FROM review_answer
            WHERE state = 'stands' AND review_id IN (SELECT id FROM chain) ORDER BY id"""
        return [
            ReviewAnswer(row[0], row[1], row[2], row[3], AnswerKind(row[4]), row[5])
            for row in self._db.execute(sql, (number,))
        ]

    def calibrate(self, calibration: Calibration) -> int:
        """Store a calibration and return its number."""
        sql = """INSERT INTO calibration (ticket_id, message_id, scorecard, reviewers, at, actor, state)
            VALUES (?, ?, ?, ?, ?, ?, 'open')"""
        given = (
            calibration.ticket_id,
            calibration.message_id,
            calibration.scorecard,
            json.dumps(calibration.reviewers),
            calibration.at,
            calibration.by,
        )
        return int(self._db.execute(sql, given).lastrowid or 0)

    def calibration(self, number: int) -> Calibration | None:
        """Return a calibration that was not undone."""
        row = self._db.execute(_CALIBRATION + "WHERE id = ? AND state = 'open'", (number,)).fetchone()
        return _calibration(row) if row else None

    def calibrations(self) -> list[tuple[Calibration, dict[str, Review]]]:
        """Return the calibrations that were not undone, oldest first, each with its reviews so far, by reviewer."""
        results = [_calibration(row) for row in self._db.execute(_CALIBRATION + "WHERE state = 'open' ORDER BY id")]
        given: dict[int, dict[str, Review]] = {}
        for row in self._db.execute(_REVIEW + "WHERE calibration IS NOT NULL AND state = 'given' ORDER BY id"):
            review = _review(row)
            given.setdefault(review.calibration or 0, {})[review.reviewer] = review
        return [(calibration, given.get(calibration.id, {})) for calibration in results]

    def turn_other(self, of: str, number: int, old: str, new: str) -> bool:
        """Take a sample, an answer or a calibration from one state to another; return whether it was in the first."""
        table = {"sample": "sample", "answer": "review_answer", "calibration": "calibration"}[of]
        sql = f"UPDATE {table} SET state = ? WHERE id = ? AND state = ?"
        return self._db.execute(sql, (new, number, old)).rowcount == 1


def _review(row: tuple[Any, ...]) -> Review:
    return Review(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], tuple(json.loads(row[7])), row[8], row[9],
        ReviewState(row[10]), row[11], row[12], row[13],
    )  # fmt: skip


def _calibration(row: tuple[Any, ...]) -> Calibration:
    return Calibration(row[0], row[1], row[2], row[3], tuple(json.loads(row[4])), row[5], row[6], row[7])
