"""What figures are grouped by: who and what a measure belongs to, and when it came to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from queues.figures.metrics import Measure

ALL = "all"
"""The group of a report that is not grouped."""

_HOUR, _DAY = 3600, 86_400
AGES = (
    (4 * _HOUR, "under 4 hours"), (_DAY, "4 to 24 hours"), (3 * _DAY, "1 to 3 days"), (7 * _DAY, "3 to 7 days"),
    (14 * _DAY, "7 to 14 days"), (30 * _DAY, "14 to 30 days"),
)  # fmt: skip
"""Ages of a ticket: the seconds of wall time under which each ends, and its name."""
OLDEST = "over 30 days"
AGE_NAMES = (*(name for _, name in AGES), OLDEST)


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


class Facts(NamedTuple):
    """What a ticket is, as far as figures are grouped by it."""

    lane: str
    language: str
    topic: str


NO_FACTS = Facts("", "", "")
OF_FACTS = frozenset({By.LANE, By.LANGUAGE, By.TOPIC})
"""Groupings by what the ticket is."""


def grouping(by: By, zone: tzinfo) -> Callable[[Measure, Facts], str]:
    """Return what names a measure's group. Hours and days are those of `zone`."""
    match by:
        case By.ALL:
            return lambda measure, facts: ALL
        case By.AGENT:
            return lambda measure, facts: measure.agent or "nobody"
        case By.MACRO:
            return lambda measure, facts: measure.macro or "no macro"
        case By.LANE:
            return lambda measure, facts: facts.lane or "none"
        case By.LANGUAGE:
            return lambda measure, facts: facts.language or "none"
        case By.TOPIC:
            return lambda measure, facts: facts.topic or "none"
        case By.AGE:
            return lambda measure, facts: age_name(measure.age)
        case By.REASON:
            return lambda measure, facts: measure.reason or "no reason"
        case By.HOUR:
            hour = _clock("%H", zone)
            return lambda measure, facts: hour(measure.at // 60)
        case By.DAY:
            day = _clock("%Y-%m-%d", zone)
            return lambda measure, facts: day(measure.at // 60)


def age_name(seconds: int) -> str:
    """Return the name of the age that these seconds are."""
    return next((name for end, name in AGES if seconds < end), OLDEST)


def _clock(form: str, zone: tzinfo) -> Callable[[int], str]:
    """Return what tells a minute by the clocks of `zone`, whose offsets have been whole minutes since 1972."""
    return lru_cache(100_000)(lambda minute: datetime.fromtimestamp(minute * 60, zone).strftime(form))
