"""A report: the figures of a period by group, beside those of the period before, and the measures behind each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from data.records import Event
from data.store import Store
from queues.figures.metrics import Elapsed, Figure, Measure, Metric, figures, measures, wall
from queues.figures.ticket_history import history

ALL = "all"
"""The group of a report that is not grouped."""


class By(StrEnum):
    """What figures can be grouped by."""

    ALL = "all"
    AGENT = "agent"
    LANE = "lane"
    LANGUAGE = "language"
    MACRO = "macro"
    TOPIC = "topic"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ticket is, as far as figures are grouped by it."""

    lane: str
    language: str
    topic: str


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to `until`, not included; Unix seconds."""

    since: int
    until: int

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by group and metric."""

    period: Period
    by: By
    now: Mapping[str, Mapping[Metric, Figure]]
    before: Mapping[str, Mapping[Metric, Figure]]


def report(store: Store, period: Period, by: By, zone: tzinfo, *, elapsed: Elapsed = wall) -> Report:
    """Sum up the period and the one before it, in one pass over the events each. Hours and days are those of `zone`."""
    held = [
        figures((measure, group) for measure, group in behind(store, span, by, zone, elapsed=elapsed))
        for span in (period, period.before)
    ]
    return Report(period, by, held[0], held[1])


def behind(
    store: Store, period: Period, by: By, zone: tzinfo, *, elapsed: Elapsed = wall
) -> Iterator[tuple[Measure, str]]:
    """Yield every measure of the period with its group, by the number of the ticket."""
    group = _grouping(by, zone)
    for facts, number, events in _lives(store, period.until):
        for measure in measures(history(number, events), period.since, period.until, elapsed):
            yield measure, group(measure, facts)


def _lives(store: Store, until: int) -> Iterator[tuple[Facts, int, list[Event]]]:
    """Join tickets and events, both read in the order of the ticket's number."""
    tickets = store.tickets.facts()
    for number, events in store.events.by_ticket(until):
        for ticket_id, lane, language, topic in tickets:
            if ticket_id == number:
                yield Facts(lane, language, topic), number, events
                break


def _grouping(by: By, zone: tzinfo) -> Callable[[Measure, Facts], str]:
    match by:
        case By.ALL:
            return lambda measure, facts: ALL
        case By.AGENT:
            return lambda measure, facts: measure.agent or "nobody"
        case By.MACRO:
            return lambda measure, facts: measure.macro or "no macro"
        case By.LANE | By.LANGUAGE | By.TOPIC:
            return lambda measure, facts: str(getattr(facts, by)) or "none"
        case By.HOUR:
            return lambda measure, facts: f"{datetime.fromtimestamp(measure.at, zone):%H}"
        case By.DAY:
            return lambda measure, facts: f"{datetime.fromtimestamp(measure.at, zone):%Y-%m-%d}"
