"""Reads what a form tool gives out: one answer a line, as JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from data.errors import InputError
from data.safe_text import safe_text
from queues.quality.rating import FormAnswer

SCALES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 100)
_GOOD_BAD = {"good": 2.0, "bad": 1.0, "satisfied": 2.0, "unsatisfied": 1.0, "dissatisfied": 1.0}
_LONGEST = 10_000
"""Characters of a comment that are kept."""
_MOST = 2**53
"""Numbers beyond are none of ours."""
_LATEST = 253_402_300_800
"""The year 10000."""


def read_answer(line: str, number: int) -> FormAnswer:
    """Return the answer that a line holds: `ticket`, `message_id` or `token`, `score`, `scale`, `comment`, `at`.

    `score` may be `good` or `bad`; `scale` is the best score, 5 unless it says so. Raises InputError with the line.
    """
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise _wrong(number, "it is not JSON; write one object per line") from None
    if not isinstance(values, dict):
        raise _wrong(number, 'it is not an object; write one such as {"ticket": 12, "score": 5}')
    score, scale = _score(values, number)
    at = _at(values.get("at"), number)
    ticket, message_id, token = values.get("ticket"), values.get("message_id") or "", values.get("token") or ""
    if isinstance(ticket, str) and ticket.strip().lstrip("#").isdecimal():
        ticket = int(ticket.strip().lstrip("#")[:18])
    if not (isinstance(message_id, str) and isinstance(token, str)):
        raise _wrong(number, "`message_id` and `token` are texts")
    if not (isinstance(ticket, int) and 0 < ticket < _MOST) or isinstance(ticket, bool):
        ticket = None
    if not (message_id or token or ticket):
        raise _wrong(number, "it names no `ticket`, `message_id` or `token`")
    comment = values.get("comment") or ""
    if not isinstance(comment, str):
        raise _wrong(number, "`comment` is a text")
    known = values.get("id")
    named = [known] if known not in (None, "") else [ticket, message_id, token, score, scale, comment, values.get("at")]
    return FormAnswer(
        score, scale, hashlib.sha256(json.dumps(named, default=str).encode()).hexdigest(),
        ticket, message_id.strip(), token.strip().upper(),
        safe_text(comment[:_LONGEST]).strip(), at,
    )  # fmt: skip


def _score(values: dict[str, Any], number: int) -> tuple[float, int]:
    score, scale = values.get("score"), values.get("scale", 5)
    if isinstance(score, str) and score.strip().casefold() in _GOOD_BAD:
        return _GOOD_BAD[score.strip().casefold()], 2
    if isinstance(scale, bool) or not isinstance(scale, int) or scale not in SCALES:
        raise _wrong(number, f"`scale` is {scale!r}; give the best score: 2 to 10, or 100")
    if isinstance(score, str):
        try:
            score = float(score.strip().replace(",", "."))
        except ValueError:
            score = None
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= scale:
        raise _wrong(number, f"`score` is {values.get('score')!r}; give a number from 0 to {scale}")
    return float(score), scale


def _at(value: Any, number: int) -> int | None:
    """Read a time: ISO 8601 (UTC where it names no zone) or Unix seconds."""
    if value in (None, ""):
        return None
    at = value
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    if isinstance(at, int | float) and not isinstance(at, bool) and 0 < at < _LATEST:
        return int(at)
    raise _wrong(number, f"`at` is {value!r}; write 2026-11-23T09:30:00Z or Unix seconds")


def _wrong(number: int, problem: str) -> InputError:
    return InputError("Answer not taken", f"line {number}: {problem}.")
