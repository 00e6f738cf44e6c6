"""How long a ticket takes an agent, learned from the events: the time since the agent's action before.

A pause longer than `IDLE` is not work; what follows it says nothing about the ticket and is left out.
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from data.records.changes import Event

IDLE = 30 * 60
"""Seconds without an action after which an agent counts as away."""
RECENT = 200
"""How many of a lane's latest tickets its expected time is based on."""
WORK = ("reply", "note", "change", "step")
"""Kinds of events by which an agent works on a ticket."""


@dataclass(frozen=True, slots=True)
class Handled:
    """An action on a ticket and the seconds that it took."""

    ticket_id: int
    at: int
    agent: str
    seconds: int


def handled(events: Iterable[Event]) -> Iterator[Handled]:
    """Yield what agents did and how long it took; `events` in chronological order. A bulk action is left out."""
    latest: dict[str, tuple[int, int]] = {}
    for event in events:
        if event.kind not in WORK:
            continue
        action, at = latest.get(event.actor, (0, 0))
        latest[event.actor] = (event.action, event.at)
        if action != event.action and 0 < event.at - at <= IDLE:
            yield Handled(event.ticket_id, event.at, event.actor, event.at - at)


def expected(actions: Iterable[Handled], lanes: Mapping[int, str]) -> dict[str, int]:
    """Return each lane's expected seconds per ticket: the median of its latest. `lanes` are the tickets' lanes."""
    recent: dict[str, deque[int]] = {}
    for action in actions:
        lane = lanes.get(action.ticket_id)
        if lane is not None:
            recent.setdefault(lane, deque(maxlen=RECENT)).append(action.seconds)
    return {lane: max(1, round(statistics.median(held))) for lane, held in recent.items()}
