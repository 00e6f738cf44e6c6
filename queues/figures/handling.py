"""How long tickets take agents, learned from the events: the time since the agent's action before.

A pause longer than `IDLE` is not work; what follows it says nothing about the ticket and is left out. The handle time
of a ticket is the sum of what its actions took.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

IDLE = 30 * 60
"""Seconds without an action after which an agent counts as away."""
EXPECTED_FROM = 7 * 86_400
"""The seconds of work that a lane's expected handle time is based on."""
Work = tuple[int, int, str]
"""Ticket, moment and agent of something that an agent did."""


@dataclass(frozen=True, slots=True)
class Handled:
    """An action on a ticket and the seconds that it took."""

    ticket_id: int
    at: int
    agent: str
    seconds: int


def handled(work: Iterable[Work]) -> Iterator[Handled]:
    """Yield what agents did and how long it took; `work` in order of time and agent, without what was undone.

    Tickets that were changed at once, as in bulk, share the time evenly, in whole seconds.
    """
    latest: dict[str, int] = {}
    for (at, agent), deeds in groupby(work, lambda deed: (deed[1], deed[2])):
        tickets = list(dict.fromkeys(ticket_id for ticket_id, _, _ in deeds))
        took = at - latest.get(agent, at)
        latest[agent] = at
        if 0 < took <= IDLE:
            yield from (Handled(ticket_id, at, agent, took // len(tickets)) for ticket_id in tickets)


def by_ticket(actions: Iterable[Handled]) -> dict[int, int]:
    """Return the handle time of each ticket: the seconds that its actions took."""
    sums: dict[int, int] = {}
    for action in actions:
        sums[action.ticket_id] = sums.get(action.ticket_id, 0) + action.seconds
    return sums


def expected(actions: Iterable[Handled], lanes: Mapping[int, str]) -> dict[str, int]:
    """Return each lane's expected seconds a ticket: the median of its tickets' handle times. `lanes` by ticket."""
    of_lane: dict[str, list[int]] = {}
    for ticket_id, seconds in by_ticket(actions).items():
        if ticket_id in lanes:
            of_lane.setdefault(lanes[ticket_id], []).append(seconds)
    return {lane: max(1, round(statistics.median(held))) for lane, held in of_lane.items()}
