"""An agent's own figures since their shift began, updated with what happened since the last read.

They are those of `tridesk report` (docs/metrics.md), narrowed to one agent: only tickets that may count for the agent
are read, and again only those with new events. Every figure can be traced to the tickets behind it.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.records.changes import Event
from data.store import Store
from queues.figures.handling import IDLE, by_ticket, handled
from queues.figures.metrics import ASIDE, Measure, Metric, aside, measures
from queues.figures.ticket_figures import life_of


class Own(StrEnum):
    """The figures of an agent's shift, in display order."""

    SOLVED = "solved an hour"
    HANDLE = "handle time"
    FIRST_REPLY = "first reply"
    ONE_TOUCH = "one touch"
    REOPENED = "reopened"
    KEPT = "clocks kept"
    KEYS = "keys a ticket"
    EXPOSED = "graphic"
    SKIPPED = "passed over"
    PICKED = "out of turn"


_OF = {
    Metric.SOLVED: Own.SOLVED, Metric.FIRST_REPLY: Own.FIRST_REPLY, Metric.ONE_TOUCH: Own.ONE_TOUCH,
    Metric.REOPENED: Own.REOPENED, Metric.EXPOSED: Own.EXPOSED, Metric.SKIPPED: Own.SKIPPED, Metric.PICKED: Own.PICKED,
}  # fmt: skip
_LATE = frozenset({Metric.LATE_FIRST, Metric.LATE_NEXT, Metric.LATE_RESOLUTION})
SHARES = frozenset({Own.ONE_TOUCH, Own.REOPENED, Own.KEPT})
LENGTHS = frozenset({Own.HANDLE, Own.FIRST_REPLY})
MEANS = SHARES | {Own.HANDLE}
LEAST_SECONDS = 600
"""The shortest shift for which a rate per hour is meaningful."""
COUNTED = frozenset({Own.EXPOSED, Own.SKIPPED, Own.PICKED})


@dataclass(frozen=True, slots=True)
class Value:
    """A ticket's contribution to a figure: seconds, 0 or 1, keys, or 1 for counts."""

    ticket_id: int
    value: float


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """The figures of one agent's work, with the tickets behind each."""

    agent: str
    since: int
    until: int
    seconds: int
    """How long the agent was in a shift."""
    tickets_behind: Mapping[Own, tuple[Value, ...]]

    def count(self, own: Own) -> int:
        """Return the number of values; for graphic text, the number of tickets."""
        held = self.tickets_behind.get(own, ())
        return len({value.ticket_id for value in held}) if own is Own.EXPOSED else len(held)

    def value(self, own: Own) -> float | None:
        """Return a rate, a mean or median of seconds or keys, a fraction, or a count; None without values."""
        held = [value.value for value in self.tickets_behind.get(own, ())]
        if own in COUNTED:
            return self.count(own)
        if own is Own.SOLVED:
            return len(held) * 3600 / self.seconds if self.seconds >= LEAST_SECONDS else None
        if not held:
            return None
        return sum(held) / len(held) if own in MEANS else statistics.median(held)


class OwnWork:
    """Tracks an agent's work from event `after` and the time `since` on."""

    def __init__(self, agent: str, since: int, after: int = 0) -> None:
        self._agent, self._since, self._seen = agent, since, after
        self._acts: list[Event] = []
        self._measures: dict[int, tuple[Measure, ...]] = {}
        """By ticket, of the agent."""

    def look(self, store: Store, until: int, seconds: int) -> OwnFigures:
        """Read what happened up to `until` and return the figures; `seconds` is how long the agent worked.

        Events after `until` that already exist are ignored, now and later.
        """
        newest = store.events.newest()
        mine = [event for event in store.events.by(self._agent, self._seen, newest) if self._since <= event.at <= until]
        touched = store.events.of_agent(self._agent, self._seen, newest)
        touched |= store.events.touching(self._measures, self._seen, newest)
        for ticket_id in touched | {*store.tickets.assigned(self._agent)}:  # their clocks run out without news
            life = life_of(store, ticket_id, until + 1)
            results = [] if life is None else measures(life, self._since, until + 1)
            self._measures[ticket_id] = tuple(measure for measure in results if measure.agent == self._agent)
        self._acts += mine
        self._seen = newest
        return OwnFigures(self._agent, self._since, until, seconds, self._tickets_of(store, until))

    def _tickets_of(self, store: Store, until: int) -> dict[Own, tuple[Value, ...]]:
        results: dict[Own, list[Value]] = {own: [] for own in Own}
        undone = store.actions.undone(self._agent, self._acts[0].action) if self._acts else set[int]()
        acts = [event for event in self._acts if event.action not in undone]
        asides = [aside(event) for event in acts if event.kind in ASIDE]
        for measure in (
            *(measure for ticket_id in sorted(self._measures) for measure in self._measures[ticket_id]),
            *asides,
        ):
            if measure.metric in _LATE:
                results[Own.KEPT].append(Value(measure.ticket_id, 1 - measure.value))
            elif measure.metric in _OF:
                results[_OF[measure.metric]].append(Value(measure.ticket_id, measure.value))
        work = handled(store.events.work(self._since - IDLE, until + 1, agent=self._agent))
        spent_on = by_ticket(action for action in work if action.at >= self._since)
        results[Own.HANDLE] = [Value(ticket_id, seconds) for ticket_id, seconds in spent_on.items()]
        spent = store.effort.of_solved(self._agent, self._since, until + 1)
        results[Own.KEYS] = [Value(effort.ticket_id, effort.keys) for effort in spent]
        return {own: tuple(values) for own, values in results.items()}


def own_figures(store: Store, agent: str, since: int, until: int, seconds: int) -> OwnFigures:
    """Return the figures of a period."""
    return OwnWork(agent, since).look(store, until, seconds)
