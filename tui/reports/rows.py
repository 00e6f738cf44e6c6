"""A report's figures as rows for people, CSV and JSON: one place for names, order and units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from queues.figures.grouping import AGE_NAMES, By, Grouped
from queues.figures.metrics import COUNTS, LENGTHS, MEANS, SHARES, Figure, Metric
from queues.figures.reporting import Report
from tui.look.short_times import span
from tui.look.words import words

PRODUCTIVITY = (Metric.RECEIVED, Metric.REPLIES, Metric.SOLVED, Metric.HANDLING, Metric.BACKLOG)
QUALITY = (
    Metric.ONE_TOUCH, Metric.TOUCHES, Metric.REOPENED, Metric.CSAT, Metric.RATING, Metric.ANSWERED, Metric.REVIEW,
)  # fmt: skip
RESOLUTION = (
    Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION,
    Metric.LATE_FIRST, Metric.LATE_NEXT, Metric.LATE_RESOLUTION,
)  # fmt: skip
ORDER = (Metric.SKIPPED, Metric.PICKED, Metric.EXPOSED)
CHAPTERS = (
    ("productivity", PRODUCTIVITY), ("quality", QUALITY), ("resolution", RESOLUTION), ("order of work", ORDER)
)  # fmt: skip
SHORT = (
    Metric.RECEIVED, Metric.REPLIES, Metric.SOLVED, Metric.ONE_TOUCH, Metric.REOPENED,
    Metric.CSAT, Metric.REVIEW, Metric.FIRST_REPLY, Metric.RESOLUTION, Metric.LATE_FIRST,
)  # fmt: skip
"""The columns of a table with one row per group."""

MEANINGS = {
    Metric.RECEIVED: "tickets that were opened",
    Metric.REPLIES: "replies given by anyone of the team, wherever sent; by who replied",
    Metric.SOLVED: "tickets that are solved or closed at the end; by who solved them",
    Metric.HANDLING: "active work on a ticket, all its actions together; mean of tickets",
    Metric.BACKLOG: "not solved, closed or suspended at the end of the period",
    Metric.ONE_TOUCH: "share of solved tickets with one reply in their whole life, never reopened",
    Metric.TOUCHES: "replies in the whole life of a solved ticket; mean",
    Metric.REOPENED: "share of solvings after which the ticket was opened again",
    Metric.FIRST_REPLY: "from the opening to the first reply by anyone; median",
    Metric.NEXT_REPLY: "from the oldest message not yet answered to the reply; median",
    Metric.RESOLUTION: "from the opening to the last solving; median",
    Metric.LATE_FIRST: "share of first-reply clocks that ran out, answered or not",
    Metric.LATE_NEXT: "share of next-reply clocks that ran out, answered or not",
    Metric.LATE_RESOLUTION: "share of resolution clocks that ran out, solved or not",
    Metric.SKIPPED: "times that next-up's ticket was passed over, with a reason",
    Metric.PICKED: "times that another ticket than next-up's was answered",
    Metric.EXPOSED: "graphic tickets whose text was shown",
    Metric.CSAT: "share of 4 and 5 among the ratings; by the agent whose reply asked",
    Metric.RATING: "from 1 to 5; mean",
    Metric.ANSWERED: "share of rating requests that were answered",
    Metric.REVIEW: "points as a percentage of the best; mean; by the author of the reply",
}
"""A short definition of every figure; docs/metrics.md has the full definitions."""

EMPTY = Figure(0, 0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one group, with its value in the period before."""

    group: str
    metric: Metric
    now: Figure
    before: Figure


EVERY = tuple(metric for _, metrics in CHAPTERS for metric in metrics)
"""All figures, in the order of the chapters."""


def groups(report: Report) -> list[str]:
    """Return the groups in order. Days and weeks are those of the period, as none of them is in the period before."""
    named = set(report.now) if report.by in (By.DAY, By.WEEK) else set(report.now) | set(report.before)
    return sorted(named, key=_place)


def group_name(by: Grouped, group: str) -> str:
    """Return a group's name as people read it; ages and `all` are ours, all other names belong to the desk."""
    return words(group) if by in (By.AGE, By.ALL) else group


def rows(report: Report) -> Iterator[Row]:
    """Yield the available figures, by group, in the order of the chapters."""
    for group in groups(report):
        for metric in EVERY:
            row = row_of(report, group, metric)
            if row.now.count or row.before.count:
                yield row


def row_of(report: Report, group: str, metric: Metric) -> Row:
    """Return one figure of one group, with its value in the period before."""
    now, before = (held.get(group, {}).get(metric, EMPTY) for held in (report.now, report.before))
    return Row(group, metric, now, before)


def _place(group: str) -> tuple[int, str]:
    """Ages sort from young to old, all other groups by name."""
    return (AGE_NAMES.index(group) if group in AGE_NAMES else 0, group)


def value(metric: Metric, figure: Figure) -> float | None:
    """Return the figure that summarises the measures: a count, a fraction, a median of seconds, a mean."""
    if metric in COUNTS or metric is Metric.BACKLOG:
        return figure.count
    if not figure.count:
        return None
    return figure.mean if metric in MEANS else figure.median


def shown(metric: Metric, figure: Figure) -> str:
    """Return the figure as people read it."""
    number = value(metric, figure)
    if number is None:
        return "-"
    if metric in SHARES:
        return f"{number:.1%}"
    if metric in LENGTHS and metric is not Metric.BACKLOG:
        return span(round(number))
    return f"{number:,.2f}" if metric in (Metric.TOUCHES, Metric.RATING) else f"{number:,.0f}"


def change(row: Row) -> str:
    """Return the change of the figure: points for a share, percent for the others; empty if a value is missing."""
    now, before = value(row.metric, row.now), value(row.metric, row.before)
    if now is None or before is None or (row.metric not in SHARES and not before):
        return ""
    if row.metric in SHARES:
        return words("{points:+.1f} points").format(points=(now - before) * 100)
    return f"{(now - before) / before:+.0%}"


BETTER_MORE = frozenset({
    Metric.REPLIES, Metric.SOLVED, Metric.ONE_TOUCH, Metric.CSAT, Metric.RATING, Metric.ANSWERED, Metric.REVIEW,
})  # fmt: skip
BETTER_LESS = frozenset({
    Metric.BACKLOG, Metric.HANDLING, Metric.TOUCHES, Metric.REOPENED, Metric.FIRST_REPLY, Metric.NEXT_REPLY,
    Metric.RESOLUTION, Metric.LATE_FIRST, Metric.LATE_NEXT, Metric.LATE_RESOLUTION,
})  # fmt: skip
"""Figures of which more, or less, is better. What customers write and how agents choose is neither."""


def turn(row: Row) -> int:
    """Return 1 if the figure became better, -1 if it became worse, 0 if neither or if that is not known."""
    now, before = value(row.metric, row.now), value(row.metric, row.before)
    if not change(row) or now is None or before is None or now == before:
        return 0
    if row.metric in BETTER_MORE:
        return 1 if now > before else -1
    if row.metric in BETTER_LESS:
        return 1 if now < before else -1
    return 0


def keys(row: Row) -> dict[str, Any]:
    """Return a row under the keys that scripts know; durations in seconds, shares as fractions."""
    return {
        "group": row.group,
        "metric": row.metric,
        "value": value(row.metric, row.now),
        "count": row.now.count,
        "mean": row.now.mean if row.now.count else None,
        "median": row.now.median if row.now.count else None,
        "p90": row.now.p90 if row.now.count else None,
        "before": value(row.metric, row.before),
        "before_count": row.before.count,
    }
