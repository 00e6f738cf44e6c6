"""A report's figures as rows for people, CSV and JSON: one place for names, order and units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from queues.figures.grouping import AGE_NAMES
from queues.figures.metrics import COUNTS, LENGTHS, MEANS, SHARES, Figure, Metric
from queues.figures.reporting import Report
from tui.spans import span
from tui.words import words

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
"""What a table with a row a group has room for."""

EMPTY = Figure(0, 0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one group, beside the period before."""

    group: str
    metric: Metric
    now: Figure
    before: Figure


def rows(report: Report) -> Iterator[Row]:
    """Yield the figures that there are, by group, in the order of the chapters."""
    order = [metric for _, metrics in CHAPTERS for metric in metrics]
    for group in sorted(set(report.now) | set(report.before), key=_place):
        for metric in order:
            now = report.now.get(group, {}).get(metric, EMPTY)
            before = report.before.get(group, {}).get(metric, EMPTY)
            if now.count or before.count:
                yield Row(group, metric, now, before)


def _place(group: str) -> tuple[int, str]:
    """Ages go from young to old, all other groups by their name."""
    return (AGE_NAMES.index(group) if group in AGE_NAMES else 0, group)


def value(metric: Metric, found: Figure) -> float | None:
    """Return the figure that stands for the measures: a count, a share of 1, a median of seconds, a mean."""
    if metric in COUNTS or metric is Metric.BACKLOG:
        return found.count
    if not found.count:
        return None
    return found.mean if metric in MEANS else found.median


def shown(metric: Metric, found: Figure) -> str:
    """Return the figure as people read it."""
    number = value(metric, found)
    if number is None:
        return "-"
    if metric in SHARES:
        return f"{number:.1%}"
    if metric in LENGTHS and metric is not Metric.BACKLOG:
        return span(round(number))
    return f"{number:,.2f}" if metric in (Metric.TOUCHES, Metric.RATING) else f"{number:,.0f}"


def change(row: Row) -> str:
    """Return how the figure moved: points for a share, percent for the others; empty where one of them is missing."""
    now, before = value(row.metric, row.now), value(row.metric, row.before)
    if now is None or before is None or (row.metric not in SHARES and not before):
        return ""
    if row.metric in SHARES:
        return words("{points:+.1f} points").format(points=(now - before) * 100)
    return f"{(now - before) / before:+.0%}"


def keys(row: Row) -> dict[str, Any]:
    """Return a row under the keys that scripts know; lengths of time in seconds, shares of 1."""
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
