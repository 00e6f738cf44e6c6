"""Which ticket is next, over all lanes, and why.

S0 and S1 come first. Then urgent tickets: a clock that runs out within four hours and can still be met, counted in
whole handle times of its lane, and of what is late only known harm, a promise to a customer, and what has been late
for a day. Then what else is late, then the rest. Under load this breaks far fewer clocks than taking the latest first
(docs/next-up.md has the figures). Among equals: severity, then priority, then the earliest clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.records.tickets import ACTIVE, LaneRow, Priority, Severity

DEFAULT_HANDLE_SECONDS = 240
"""The expected handle time of a ticket if its lane has no figure of its own."""

PRESSING = 4 * 3600
"""How many seconds before its breach a ticket ranks above late tickets."""
FORGOTTEN = 86_400
"""Seconds after which a late ticket becomes urgent again, so that no ticket is forgotten."""
_PRIORITIES = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)
_NO_CLOCK = 1 << 62
_ABSOLUTE = 2
"""Severities below this rank come before any clock."""


@dataclass(frozen=True, slots=True)
class NextUp:
    """The ticket to open now, and the reason as text."""

    ticket_id: int
    lane: str
    why: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that waits for us, and when its first clock or promise breaks."""

    lane: str
    row: LaneRow
    due_at: int | None
    promised_at: int | None = None
    mentioned_by: str = ""
    """The colleague whose note waits for the agent."""
    handed_by: str = ""
    """The colleague who handed it over to the agent, who has not answered yet."""

    def chosen(self, now: int, because: str = "") -> NextUp:
        """Return it as the ticket to open now; `because` is appended to the reason."""
        why = explain(self.lane, self.row, now, promised_at=self.promised_at)
        why += f", {self.mentioned_by} mentioned you" if self.mentioned_by else ""
        why += f", {self.handed_by} handed it over to you" if self.handed_by else ""
        return NextUp(self.row.id, self.lane, f"{why}, {because}" if because else why)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tickets of one severity (empty for none) whose clocks run out from `since` on, before `until`.

    Within a lane and a priority they rank by their clock.
    """

    severity: str
    since: int
    until: int


def tiers(now: int) -> list[list[Stretch]]:
    """Return the stretches of time in the order of their urgency: what is in a tier ranks above all later ones.

    Promises and escalations may put a ticket higher than its tier says.
    """
    never, ever = -_NO_CLOCK, _NO_CLOCK
    forgotten, soon = now - FORGOTTEN, now + PRESSING + 1
    grave = [[Stretch(severity, never, soon), Stretch(severity, soon, ever)] for severity in Severity][: _ABSOLUTE + 1]
    others = ["", *list(Severity)[_ABSOLUTE + 1 :]]
    pressing = [Stretch(one, since, until) for one in others for since, until in ((never, forgotten), (now, soon))]
    return [
        *([stretch] for pair in grave[:_ABSOLUTE] for stretch in pair),
        [grave[_ABSOLUTE][0], *pressing],
        [Stretch(one, forgotten, now) for one in others],
        [grave[_ABSOLUTE][1], *(Stretch(one, soon, ever) for one in others)],
    ]


def choose(
    candidates: Mapping[str, Sequence[LaneRow]],
    now: int,
    expected_handle_seconds: Mapping[str, int] | None = None,
    promised: Mapping[int, int] | None = None,
) -> NextUp | None:
    """Return the most urgent active ticket of `candidates` (rows by lane), None if nothing waits for us.

    `expected_handle_seconds` gives the usual handle time of each lane. `promised` tells when an answer is due that was
    promised on a ticket: it counts like a clock, and such a ticket counts whatever its status. The order of rows and
    lanes plays no part.
    """
    handle = expected_handle_seconds or {}
    rows = _waiting(candidates, promised or {}, {}, {})
    first = min(rows, key=lambda candidate: _urgency(candidate, now, handle), default=None)
    return None if first is None else first.chosen(now)


def ranked(
    candidates: Mapping[str, Sequence[LaneRow]],
    now: int,
    expected_handle_seconds: Mapping[str, int] | None = None,
    promised: Mapping[int, int] | None = None,
    mentioned: Mapping[int, str] | None = None,
    handed: Mapping[int, str] | None = None,
) -> list[Waiting]:
    """Return all waiting tickets in the order of `choose`.

    `mentioned` are tickets with a note for the agent, and its author; `handed` are those handed over to the agent, and
    by whom: both count whatever their status, as urgent.
    """
    handle = expected_handle_seconds or {}
    waiting = _waiting(candidates, promised or {}, mentioned or {}, handed or {})
    return sorted(waiting, key=lambda candidate: _urgency(candidate, now, handle))


def explain(lane: str, row: LaneRow, now: int, *, promised_at: int | None = None) -> str:
    """Describe the state of a ticket: `safety#12 breaches in 8 min, S1`, `mail#7 promised an answer in 20 min`."""
    by_promise = promised_at is not None and (row.due_at is None or promised_at <= row.due_at)
    clock = _promise_words(promised_at or 0, now) if by_promise else _clock_words(row.due_at, now)
    words = f"{lane}#{row.id} {clock}" if lane else f"no lane #{row.id} {clock}"
    if row.severity is not None:
        words += f", {row.severity}"
    if _escalation_is_late(row, now):
        words += ", another team's answer is late"
    if row.priority in (Priority.URGENT, Priority.HIGH):
        words += f", {row.priority} priority"
    return words


def _waiting(
    candidates: Mapping[str, Sequence[LaneRow]],
    promised: Mapping[int, int],
    mentioned: Mapping[int, str],
    handed: Mapping[int, str],
) -> Iterator[Waiting]:
    for lane, rows in candidates.items():
        for row in rows:
            if row.status in ACTIVE or row.id in promised or row.id in mentioned or row.id in handed:
                by, handed_by = mentioned.get(row.id, ""), handed.get(row.id, "")
                yield Waiting(lane, row, _due(row, promised), promised.get(row.id), by, handed_by)


def _due(row: LaneRow, promised: Mapping[int, int]) -> int | None:
    """Return when a ticket's clock or promise is breached, whichever is first."""
    return min((due for due in (row.due_at, promised.get(row.id)) if due is not None), default=None)


def _urgency(candidate: Waiting, now: int, handle: Mapping[str, int]) -> tuple[int, ...]:
    row, severity = candidate.row, _severity_rank(candidate.row.severity)
    seconds = max(1, handle.get(candidate.lane, DEFAULT_HANDLE_SECONDS))
    due = _NO_CLOCK if candidate.due_at is None else candidate.due_at
    if _escalation_is_late(row, now) and row.escalation_due is not None:
        due = min(due, row.escalation_due)
    # What is late cannot become later than late: a small old breach must not outrank a grave new one.
    turns = _NO_CLOCK if due == _NO_CLOCK else max(0, due - now) // seconds
    return (
        min(severity, _ABSOLUTE),
        1 if candidate.mentioned_by or candidate.handed_by else _stage(row, due - now, owed=due != row.due_at),
        turns,
        severity,
        _PRIORITIES.index(row.priority),
        due,
        row.id,
    )


def _stage(row: LaneRow, remaining: int, *, owed: bool) -> int:
    """Return 1 for urgent, 2 for late, 3 for the rest; `remaining` are the seconds on the clock.

    Known harm, a promise (`owed`) and forgotten tickets are urgent although they are late.
    """
    if remaining > PRESSING:
        return 3
    grave = row.severity is not None and _severity_rank(row.severity) <= _ABSOLUTE
    return 1 if remaining >= 0 or owed or grave or remaining < -FORGOTTEN else 2


def _escalation_is_late(row: LaneRow, now: int) -> bool:
    return row.escalation_due is not None and row.escalation_due <= now


def _severity_rank(severity: Severity | None) -> int:
    # Tickets without a severity rank with S3: harm is not known, nuisance is.
    return int((severity or Severity.S3).value[1:])


def _clock_words(due_at: int | None, now: int) -> str:
    if due_at is None:
        return "has no clock running"
    remaining = due_at - now
    if remaining == 0:
        return "breaches now"
    return f"breaches in {_duration(remaining)}" if remaining > 0 else f"breached {_duration(-remaining)} ago"


def _promise_words(due_at: int, now: int) -> str:
    remaining = due_at - now
    if remaining < 0:
        return f"owes an answer promised for {_duration(-remaining)} ago"
    return f"promised an answer in {_duration(remaining)}"


def _duration(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 2 * 86_400 else f"{seconds // 86_400} days"
