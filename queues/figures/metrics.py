"""What the events say about the work: measures of single tickets, and figures made of them.

Every figure is the count, mean or median of measures, so it can be traced to the tickets behind it.
Definitions are in `docs/metrics.md`: what starts and stops each measure, and which agent it belongs to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from data.records.changes import Event
from queues.figures.ticket_history import FIRST, NEXT, RESOLVE, History, Untouched


class Metric(StrEnum):
    """The metrics. Seconds for durations, 0 or 1 for shares, 1 for counts."""

    RECEIVED = "received"
    REPLIES = "replies"
    SOLVED = "solved"
    FIRST_REPLY = "first reply"
    NEXT_REPLY = "next reply"
    RESOLUTION = "resolution"
    TOUCHES = "touches"
    ONE_TOUCH = "one touch"
    REOPENED = "reopened"
    LATE_FIRST = "late first reply"
    LATE_NEXT = "late next reply"
    LATE_RESOLUTION = "late resolution"
    BACKLOG = "backlog"
    HANDLING = "handle time"
    SKIPPED = "passed over"
    PICKED = "out of turn"
    EXPOSED = "graphic"
    CSAT = "csat"
    RATING = "rating"
    ANSWERED = "rating answered"
    REVIEW = "review score"


LATE = {FIRST: Metric.LATE_FIRST, NEXT: Metric.LATE_NEXT, RESOLVE: Metric.LATE_RESOLUTION}
"""The metric of each clock."""
ASIDE = {"skipped": Metric.SKIPPED, "picked": Metric.PICKED, "revealed": Metric.EXPOSED}
"""Counts about the order of work and graphic text, by the kind of event."""
COUNTS = frozenset({Metric.RECEIVED, Metric.REPLIES, Metric.SOLVED, *ASIDE.values()})
SHARES = frozenset({Metric.ONE_TOUCH, Metric.REOPENED, Metric.LATE_FIRST, Metric.LATE_NEXT, Metric.LATE_RESOLUTION,
                    Metric.CSAT, Metric.ANSWERED})  # fmt: skip
LENGTHS = frozenset({Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION, Metric.BACKLOG, Metric.HANDLING})
NUMBERS = frozenset({Metric.TOUCHES, Metric.RATING, Metric.REVIEW})
MEANS = SHARES | NUMBERS | {Metric.HANDLING}
"""Metrics shown as a mean: shares of 1, touches per ticket, handle time; other durations are medians."""

_PIECE = 20_000
"""Values that are sorted at once."""

Elapsed = Callable[[int, int], int]
"""Returns the seconds between two times: wall time, or a calendar's open time."""


class Measure(NamedTuple):
    """One value of one ticket; a tuple, since a report makes millions."""

    metric: Metric
    ticket_id: int
    at: int
    """Its time, which determines the period it belongs to."""
    value: int
    agent: str = ""
    macro: str = ""
    age: int = 0
    """Seconds of wall time since the ticket was opened."""
    reason: str = ""
    """Why it was passed over."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A summary of the measures of one metric and one group."""

    count: int
    total: int
    median: float
    p90: float

    @property
    def mean(self) -> float:
        """The mean value; for a share, the share."""
        return self.total / self.count if self.count else 0.0


def wall(start: int, end: int) -> int:
    """Return the seconds between two moments; 0 if the second is not later."""
    return max(0, end - start)


def measures(life: History, since: int, until: int, elapsed: Elapsed = wall) -> list[Measure]:
    """Return a ticket's measures of the period from `since` up to `until` (not included).

    `life` must not have events or replies from `until` on, so that later ones change nothing.
    """
    number, created = life.ticket_id, life.created_at
    results = [] if created < since else [Measure(Metric.RECEIVED, number, created, 1)]
    results += _replies(life, since, elapsed)
    results += _solved(life, since, elapsed)
    results += _clocks(life, since, until)
    if life.is_open:
        age = until - created
        results.append(Measure(Metric.BACKLOG, number, until, elapsed(created, until), "", "", age))
    return results


def measures_of_untouched(
    number: int, created: int, ticket: Untouched, since: int, until: int, elapsed: Elapsed = wall
) -> list[Measure]:
    """Return the measures of a ticket on which nothing was done yet, as `measures` returns them of its history."""
    results = [] if created < since else [Measure(Metric.RECEIVED, number, created, 1)]
    for clock, due in ticket.dues:
        if due is not None and due < until and (late := max(due, ticket.at)) >= since:
            results.append(Measure(LATE[clock], number, late, 1, ticket.assignee, "", max(0, late - created)))
    if ticket.is_open:
        results.append(Measure(Metric.BACKLOG, number, until, elapsed(created, until), "", "", until - created))
    return results


def _replies(life: History, since: int, elapsed: Elapsed) -> Iterator[Measure]:
    created = life.created_at
    for place, reply in enumerate(life.replies):
        if reply.at < since:
            continue
        who = (reply.agent, reply.macro, max(0, reply.at - created))
        yield Measure(Metric.REPLIES, life.ticket_id, reply.at, 1, *who)
        if place == 0 and not life.is_ours:
            yield Measure(Metric.FIRST_REPLY, life.ticket_id, reply.at, elapsed(created, reply.at), *who)
        elif place and reply.waiting_since is not None:
            yield Measure(Metric.NEXT_REPLY, life.ticket_id, reply.at, elapsed(reply.waiting_since, reply.at), *who)


def _solved(life: History, since: int, elapsed: Elapsed) -> Iterator[Measure]:
    """A ticket counts as solved if it is solved at the end, by its last solving; its replies are those of its life."""
    created = life.created_at
    for place, solving in enumerate(life.solvings):
        if solving.at >= since:
            again = place < len(life.reopenings)  # solvings and reopenings take turns
            who = (solving.agent, solving.macro, solving.at - created)
            yield Measure(Metric.REOPENED, life.ticket_id, solving.at, int(again), *who)
    if not (life.is_done and life.solvings) or life.solvings[-1].at < since:
        return
    last, touches = life.solvings[-1], len(life.replies)
    values = {
        Metric.SOLVED: 1,
        Metric.RESOLUTION: elapsed(created, last.at),
        Metric.TOUCHES: touches,
        Metric.ONE_TOUCH: int(touches == 1 and not life.reopenings),
    }
    for metric, value in values.items():
        yield Measure(metric, life.ticket_id, last.at, value, last.agent, last.macro, last.at - created)


def _clocks(life: History, since: int, until: int) -> Iterator[Measure]:
    """A clock counts when it ran out or, if it was kept, when the ticket was answered or solved."""
    for end in (*life.ends, *life.running(until)):
        if end.at >= since:
            age = max(0, end.at - life.created_at)
            yield Measure(LATE[end.clock], life.ticket_id, end.at, int(end.late), end.agent, end.macro, age)


def aside(event: Event) -> Measure:
    """Return the measure of an event about the order of work or graphic text (`ASIDE`)."""
    reason = str(event.detail.get("reason", ""))
    return Measure(ASIDE[event.kind], event.ticket_id, event.at, 1, event.actor, reason=reason)


def figures(values: Mapping[tuple[str, Metric], list[int]]) -> dict[str, dict[Metric, Figure]]:
    """Sum the values of each group and metric up."""
    summed: dict[str, dict[Metric, Figure]] = defaultdict(dict)
    for (group, metric), held in values.items():
        summed[group][metric] = figure(held)
    return dict(summed)


def figure(values: list[int]) -> Figure:
    """Sum values up. The ninetieth percentile is the smallest value that nine tenths do not exceed (nearest rank)."""
    # in pieces, so that other threads, such as the one that handles keys, can run in between
    held = [value for start in range(0, len(values), _PIECE) for value in sorted(values[start : start + _PIECE])]
    held.sort()
    count = len(held)
    median = (held[(count - 1) // 2] + held[count // 2]) / 2
    return Figure(count, sum(held), median, held[-(-9 * count // 10) - 1])
