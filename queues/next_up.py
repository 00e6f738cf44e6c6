"""Which ticket is next, over all lanes, and why.

S0 and S1 come first. After them counts how many tickets can still be handled before the clock breaks: the time left,
counted in whole handle times of its lane. Among equals: severity, then priority, then the earliest clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.records import ACTIVE, LaneRow, Priority, Severity

DEFAULT_HANDLE_SECONDS = 240
"""What a ticket is expected to take where a lane has no figure of its own."""

_PRIORITIES = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)
_NO_CLOCK = 1 << 62
_ABSOLUTE = 2
"""Severities below this rank go before any clock."""


@dataclass(frozen=True, slots=True)
class NextUp:
    """The ticket to open now, and the reason in words."""

    ticket_id: int
    lane: str
    why: str


def choose(
    candidates: Mapping[str, Sequence[LaneRow]],
    now: int,
    expected_handle_seconds: Mapping[str, int] | None = None,
) -> NextUp | None:
    """Return the most urgent active ticket of `candidates` (rows by lane), None where nothing waits for us.

    `expected_handle_seconds` gives the usual handle time of each lane. The order of rows and lanes plays no part.
    """
    handle = expected_handle_seconds or {}
    rows = list(_active(candidates))
    if not rows:
        return None
    lane, row = min(rows, key=lambda item: _urgency(item[0], item[1], now, handle))
    return NextUp(row.id, lane, explain(lane, row, now))


def explain(lane: str, row: LaneRow, now: int) -> str:
    """Say in words how a ticket stands: `safety#12 breaches in 8 min, S1`."""
    words = f"{lane}#{row.id} {_clock_words(row.due_at, now)}"
    if row.severity is not None:
        words += f", {row.severity}"
    if _escalation_is_late(row, now):
        words += ", another team's answer is late"
    if row.priority in (Priority.URGENT, Priority.HIGH):
        words += f", {row.priority} priority"
    return words


def _active(candidates: Mapping[str, Sequence[LaneRow]]) -> Iterator[tuple[str, LaneRow]]:
    for lane, rows in candidates.items():
        for row in rows:
            if row.status in ACTIVE:
                yield lane, row


def _urgency(lane: str, row: LaneRow, now: int, handle: Mapping[str, int]) -> tuple[int, int, int, int, int, int, int]:
    severity = _severity_rank(row.severity)
    seconds = max(1, handle.get(lane, DEFAULT_HANDLE_SECONDS))
    # What is late cannot become later than late: a small old breach must not outrank a grave new one.
    due = _NO_CLOCK if row.due_at is None else row.due_at
    if _escalation_is_late(row, now) and row.escalation_due is not None:
        due = min(due, row.escalation_due)
    turns = _NO_CLOCK if due == _NO_CLOCK else max(0, due - now) // seconds
    return (
        min(severity, _ABSOLUTE),
        turns,
        severity,
        _PRIORITIES.index(row.priority),
        due,
        row.updated_at,
        row.id,
    )


def _escalation_is_late(row: LaneRow, now: int) -> bool:
    return row.escalation_due is not None and row.escalation_due <= now


def _severity_rank(severity: Severity | None) -> int:
    # Tickets without a severity rank with S3: harm is not known, nuisance is.
    return int((severity or Severity.S3).value[1:])


def _clock_words(due_at: int | None, now: int) -> str:
    if due_at is None:
        return "has no clock running"
    left = due_at - now
    if left == 0:
        return "breaches now"
    return f"breaches in {_duration(left)}" if left > 0 else f"breached {_duration(-left)} ago"


def _duration(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 2 * 86_400 else f"{seconds // 86_400} days"
