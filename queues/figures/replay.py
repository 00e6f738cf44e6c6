"""Simulates a past period: the same requests under another order, other hours, targets or staffing.

Arrivals and handle times are those of the record; who takes which request when is decided again. One agent works on
one request at a time and finishes it; future requests are unknown.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heappop, heappush

from data.records.tickets import LaneRow, Priority, Severity, Status
from queues.clocks.calendar import Calendar
from queues.next_up.graphic_content import Exposure, Rest, lighter
from queues.next_up.urgency import choose, ranked


class Order(StrEnum):
    """The orders of work."""

    NEXT_UP = "next-up"
    """The desk's own order over all lanes."""
    NO_REST = "no-rest"
    """The same without interleaving easier tickets between graphic tickets."""
    FIRST_IN = "first-in"
    """The oldest request of any lane."""
    BY_QUEUE = "by-queue"
    """The oldest of a lane until that lane is empty, then the next lane."""


@dataclass(frozen=True, slots=True)
class Request:
    """A customer's message that needed an answer."""

    ticket_id: int
    lane: str
    at: int
    due_at: int | None
    seconds: int
    """Seconds that it took to answer it."""
    severity: Severity | None = None
    priority: Priority = Priority.NORMAL
    answered_at: int | None = None
    """When it was really answered."""
    graphic: bool = False
    """Answering it means seeing graphic text."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a simulation."""

    answered: int
    breaches: int
    """Answered after the clock had run out."""
    grave_breaches: int
    """Those of severity S0 or S1 among them."""
    median_wait: int
    """Seconds until the answer, wall time."""
    p90_wait: int
    by_lane: Mapping[str, int]
    """Breaches by lane."""
    graphic_in_a_row: int = 0
    """Graphic requests that an agent got right after another graphic request."""


_Pick = Callable[[list[Request], int, Rest], Request]
"""Takes the waiting requests, the time, and the free agent's last request."""


def play(
    requests: Iterable[Request],
    order: Order,
    *,
    staff: Sequence[Calendar],
    expected: Mapping[str, int] | None = None,
    exposure: Exposure | None = None,
) -> Outcome:
    """Answer every request in the given order with people who each work while their calendar of `staff` is open.

    `expected` are the lanes' usual handle times, which next-up uses; `exposure` gives the number of easier tickets
    to interleave between two graphic tickets of an agent (defaults without it).
    """
    pick = _picker(order, expected or {}, exposure or Exposure())
    coming = sorted(requests, key=lambda request: (request.at, request.ticket_id))
    waiting: list[Request] = []
    waits: list[tuple[Request, int]] = []
    rests = [Rest() for _ in staff]
    turns = _Turns(staff)
    place = now = in_a_row = 0
    while place < len(coming) or waiting:
        now, agent = turns.next(max(now, 0 if waiting else coming[place].at))
        while place < len(coming) and coming[place].at <= now:
            waiting.append(coming[place])
            place += 1
        taken = pick(waiting, now, rests[agent])
        in_a_row += taken.graphic and rests[agent].is_due(1)
        rests[agent].worked(taken.ticket_id, graphic=taken.graphic)
        waiting.remove(taken)
        end = staff[agent].add(now, taken.seconds)
        turns.busy(agent, end)
        waits.append((taken, end))
    return replace(summed(waits), graphic_in_a_row=in_a_row)


class _Turns:
    """Finds the agent who is next free and at work."""

    def __init__(self, staff: Sequence[Calendar]) -> None:
        self._staff = staff
        self._free = [(0, 0, agent) for agent in range(len(staff))]
        """For each free agent: the earliest start, since when they have been free, and the agent."""

    def next(self, earliest: int) -> tuple[int, int]:
        """Return when the next agent can begin, not before `earliest`, and which; the agent is busy from then on."""
        while True:
            known, since, agent = heappop(self._free)
            begins = self._staff[agent].add(max(known, earliest), 1) - 1
            if not self._free or (begins, since, agent) <= self._free[0]:
                return begins, agent
            heappush(self._free, (begins, since, agent))

    def busy(self, agent: int, until: int) -> None:
        """Mark an agent as busy until then."""
        heappush(self._free, (until, until, agent))


def as_it_was(requests: Iterable[Request]) -> Outcome:
    """Return the real result for the answered requests, as recorded."""
    return summed([(request, request.answered_at) for request in requests if request.answered_at is not None])


def _picker(order: Order, expected: Mapping[str, int], exposure: Exposure) -> _Pick:
    if order is Order.FIRST_IN:
        return lambda waiting, now, rest: min(waiting, key=lambda request: (request.at, request.ticket_id))
    if order in (Order.NEXT_UP, Order.NO_REST):
        between = exposure.light_between if order is Order.NEXT_UP else 0
        return lambda waiting, now, rest: _most_urgent(
            waiting, now, expected, exposure if rest.is_due(between) else None
        )
    current: list[str] = []

    def by_queue(waiting: list[Request], now: int, rest: Rest) -> Request:
        lanes = sorted({request.lane for request in waiting})
        if not current or current[0] not in lanes:
            current[:] = [next((lane for lane in lanes if not current or lane > current[0]), lanes[0])]
        return min(
            (request for request in waiting if request.lane == current[0]),
            key=lambda request: (request.at, request.ticket_id),
        )

    return by_queue


def _most_urgent(waiting: Sequence[Request], now: int, expected: Mapping[str, int], rests: Exposure | None) -> Request:
    """Return next-up's choice; `rests` if the agent should get an easier ticket."""
    rows: dict[str, list[LaneRow]] = {}
    for place, request in enumerate(waiting):
        rows.setdefault(request.lane, []).append(_row(place, request))
    next_up = choose(rows, now, expected)
    assert next_up is not None  # requests are waiting
    first = waiting[next_up.ticket_id]
    if rests is None or not first.graphic:
        return first
    order = ranked(rows, now, expected)
    light = lighter(order, now, expected, lambda candidate: waiting[candidate.row.id].graphic, rests.never_wait)
    return first if light is None else waiting[light.row.id]


def _row(place: int, request: Request) -> LaneRow:
    return LaneRow(
        place,
        "",
        "",
        Status.OPEN,
        request.priority,
        request.severity,
        "",
        request.due_at,
        request.at,
        0,
        "",
        False,
        request.due_at or 0,
    )


def summed(waits: Sequence[tuple[Request, int]]) -> Outcome:
    """Return the result for requests answered at these times."""
    lengths = sorted(end - request.at for request, end in waits)
    late = [request for request, end in waits if request.due_at is not None and end > request.due_at]
    lanes = sorted({request.lane for request, _ in waits})
    return Outcome(
        answered=len(waits),
        breaches=len(late),
        grave_breaches=sum(request.severity in (Severity.S0, Severity.S1) for request in late),
        median_wait=round(statistics.median(lengths)) if lengths else 0,
        p90_wait=lengths[-(-9 * len(lengths) // 10) - 1] if lengths else 0,
        by_lane={lane: sum(request.lane == lane for request in late) for lane in lanes},
    )
