"""The tickets behind a figure of a report, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from heapq import nlargest

from data.records.tickets import LaneRow
from data.store import Store
from queues.figures.metrics import LENGTHS, NUMBERS, SHARES, Measure, Metric
from queues.figures.reporting import Progress, measures_of
from tui.look.short_times import span
from tui.look.words import words
from tui.reports.hours import elapsed_of
from tui.reports.question import Asked
from tui.reports.table import Cell, name_of

MOST = 1_000
"""The most lines listed; a figure with more can be narrowed by grouping."""
HIGH_IS_GOOD = frozenset({Metric.ONE_TOUCH, Metric.CSAT, Metric.RATING, Metric.ANSWERED, Metric.REVIEW})
"""Measures whose lowest values come first, as they need attention."""


@dataclass(frozen=True, slots=True)
class Behind:
    """An opened figure."""

    name: str
    """A few words."""
    title: str
    """Everything about it."""
    metric: Metric
    total: int
    lines: tuple[tuple[Measure, LaneRow | None], ...]
    """The measures, each with its ticket."""

    @property
    def tickets(self) -> tuple[int, ...]:
        """The numbers of the tickets, without duplicates."""
        return tuple(dict.fromkeys(measure.ticket_id for measure, _ in self.lines))


def open_cell(store: Store, asked: Asked, cell: Cell, title: str, zone: tzinfo, on_progress: Progress) -> Behind:
    """Return the tickets behind a figure on the screen."""
    period = asked.period(zone)
    counted = [0]

    def wanted() -> Iterator[Measure]:
        span_of = period.before if cell.before else period
        for measure, group in measures_of(
            store, span_of, asked.by, zone, elapsed=elapsed_of(asked.calendar), on_progress=on_progress
        ):
            if measure.metric is cell.metric and group == cell.group:
                counted[0] += 1
                yield measure

    sign = -1 if cell.metric in HIGH_IS_GOOD else 1
    first = nlargest(MOST, wanted(), key=lambda measure: (sign * measure.value, measure.at, measure.ticket_id))
    lines = tuple((measure, store.tickets.row(measure.ticket_id)) for measure in first)
    return Behind(name_of(asked, cell), title, cell.metric, counted[0], lines)


def value_words(measure: Measure) -> str:
    """Return a measure as readable text; empty if it only counts."""
    if measure.metric in LENGTHS:
        return span(measure.value)
    if measure.metric in SHARES:
        return words("yes") if measure.value else words("no")
    return f"{measure.value:,}" if measure.metric in NUMBERS else ""
