"""What a report on the screen is asked for: how long a period, how far back, grouped by what, in which hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from queues.figures.grouping import By, Grouped, clock
from queues.figures.reporting import Period
from tui.words import words

TODAY = "today"
LENGTHS_OF_PERIODS: Mapping[str, int] = {TODAY: 1, "7d": 7, "30d": 30, "365d": 365}
"""Days of each period that can be chosen."""
WEEKS_FROM = 90
"""Days from which on a plot has a column a week."""
WALL = ""
"""The calendar of who counts every second."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A report's question; the same one is answered the same as long as `now` stays."""

    now: int
    span: str = "7d"
    back: int = 0
    """How many such periods ago."""
    by: By = By.ALL
    calendar: str = WALL

    def period(self, zone: tzinfo) -> Period:
        """Return the period: today from midnight on, the others up to now, each that long."""
        if self.span == TODAY:
            today = datetime.fromtimestamp(self.now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
            begins, ends = today - timedelta(days=self.back), today - timedelta(days=self.back - 1)
            until = int(ends.timestamp()) if self.back else self.now
            return Period(int(begins.timestamp()), max(until, int(begins.timestamp()) + 1))
        seconds = LENGTHS_OF_PERIODS[self.span] * 86_400
        until = self.now - self.back * seconds
        return Period(until - seconds, until)

    def moved(self, step: int) -> Asked:
        """Return the same for a period earlier (or later, where `step` is negative), never for what is to come."""
        return replace(self, back=max(0, self.back + step))

    @property
    def over_time(self) -> By:
        """What a column of the plot stands for."""
        days = LENGTHS_OF_PERIODS[self.span]
        return By.HOUR if days == 1 else By.WEEK if days >= WEEKS_FROM else By.DAY

    @property
    def groupings(self) -> tuple[Grouped, ...]:
        """What is read for it: the figures, each over time, and the backlog's ages."""
        return (self.by, (self.by, self.over_time), (self.by, By.AGE))

    def times(self, zone: tzinfo) -> list[tuple[str, str]]:
        """Return every column of the plot, in order: the name of its group and what is written under it."""
        period = self.period(zone)
        if self.over_time is By.HOUR:
            return [(f"{hour:02}", f"{hour:02}") for hour in range(24)]
        week = self.over_time is By.WEEK
        name, label = clock("%G-W%V" if week else "%Y-%m-%d", zone), clock("W%V" if week else "%a %d", zone)
        found = {name(at): label(at) for at in range(period.since, period.until, 43_200)}
        found.setdefault(name(period.until - 1), label(period.until - 1))
        return list(found.items())

    def title(self, zone: tzinfo) -> str:
        """Return the period in words."""
        period = self.period(zone)
        first, last = (f"{datetime.fromtimestamp(at, zone):%a %d %b %H:%M}" for at in (period.since, period.until))
        hours = words("wall time") if self.calendar == WALL else words("hours of {name}").format(name=self.calendar)
        return words("{first} to {last} · {hours} · beside the same length before").format(
            first=first, last=last, hours=hours
        )
