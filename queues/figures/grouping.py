"""The groupings of figures: by the measure's agent, ticket attributes or time."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from queues.figures.metrics import Measure, Metric

ALL = "all"
"""The group of a report that is not grouped."""

_HOUR, _DAY = 3600, 86_400
AGE_ENDS = (4 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY)
"""The upper limit of each age of a ticket except the last, in seconds of wall time."""
AGE_NAMES = (
    "under 4 hours", "4 to 24 hours", "1 to 3 days", "3 to 7 days", "7 to 14 days", "14 to 30 days", "over 30 days",
)  # fmt: skip


class By(StrEnum):
    """What figures can be grouped by."""

    ALL = "all"
    AGENT = "agent"
    LANE = "lane"
    LANGUAGE = "language"
    MACRO = "macro"
    TOPIC = "topic"
    AGE = "age"
    REASON = "reason"
    """Why a ticket was passed over."""
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


Grouped = By | tuple[By, By]
"""One grouping, or each of its groups grouped once more (each agent's days)."""
BETWEEN = "\x1f"
"""Separates the two names of a nested group: the ASCII unit separator."""
Group = Callable[[Measure, "Facts"], str | None]
"""Returns a measure's group; None if it belongs to none."""


class Facts(NamedTuple):
    """The ticket's attributes that figures can be grouped by."""

    lane: str
    language: str
    topic: str


_FORMS = {By.HOUR: "%H", By.DAY: "%Y-%m-%d", By.WEEK: "%G-W%V"}

NO_FACTS = Facts("", "", "")
OF_FACTS = frozenset({By.LANE, By.LANGUAGE, By.TOPIC})
"""Groupings by the ticket's attributes."""


def needs_facts(by: Grouped) -> bool:
    """Return whether the grouping needs the ticket's attributes."""
    return not OF_FACTS.isdisjoint(by if isinstance(by, tuple) else (by,))


def grouping(by: Grouped, zone: tzinfo) -> Group:
    """Return the function that names a measure's group. Hours, days and weeks (ISO 8601) are those of `zone`.

    The backlog is that of the period's end and belongs to no time.
    """
    if isinstance(by, tuple):
        return _inside(grouping(by[0], zone), grouping(by[1], zone))
    match by:
        case By.ALL:
            return lambda measure, facts: ALL
        case By.AGENT:
            return lambda measure, facts: measure.agent or "unassigned"
        case By.MACRO:
            return lambda measure, facts: measure.macro or "no macro"
        case By.LANE:
            return lambda measure, facts: facts.lane or "none"
        case By.LANGUAGE:
            return lambda measure, facts: facts.language or "none"
        case By.TOPIC:
            return lambda measure, facts: facts.topic or "none"
        case By.AGE:
            return lambda measure, facts: AGE_NAMES[bisect(AGE_ENDS, measure.age)]
        case By.REASON:
            return lambda measure, facts: measure.reason or "no reason"
    label = clock(_FORMS[by], zone)
    return lambda measure, facts: None if measure.metric is Metric.BACKLOG else label(measure.at)


def _inside(first: Group, second: Group) -> Group:
    def name(measure: Measure, facts: Facts) -> str | None:
        item, two = first(measure, facts), second(measure, facts)
        return None if item is None or two is None else item + BETWEEN + two

    return name


def clock(form: str, zone: tzinfo) -> Callable[[int], str]:
    """Return a function that formats a time like `strftime`, to the minute at finest.

    Results are cached per minute: a zone's offsets have been whole minutes since 1972.
    """
    formatted = lru_cache(100_000)(lambda minute: datetime.fromtimestamp(minute * 60, zone).strftime(form))
    return lambda at: formatted(at // 60)
