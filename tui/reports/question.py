"""A report's question on the screen: the period, the grouping, and the hours that count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from queues.figures.grouping import By, Grouped, clock
from queues.figures.reporting import Period
from tui.look.short_times import day_and_time, weekday
from tui.look.words import words

TODAY = "today"
LENGTHS_OF_PERIODS: Mapping[str, int] = {TODAY: 1, "7d": 7, "30d": 30, "365d": 365}
"""The length in days of each period that can be chosen."""
WEEKS_FROM = 90
"""The number of days from which a plot has one column per week."""
_HALF_A_DAY = 43_200
WALL = ""
"""The name of the calendar that counts every second."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A report's question; equal questions have equal answers as long as `now` is equal."""

    now: int
    span: str = "7d"
    back: int = 0
    """How many periods ago."""
    by: By = By.ALL
    calendar: str = WALL

    def period(self, zone: tzinfo) -> Period:
        """Return the period: today from midnight on; the others end now and have their full length."""
        if self.span == TODAY:
            today = datetime.fromtimestamp(self.now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
            begins, ends = today - timedelta(days=self.back), today - timedelta(days=self.back - 1)
            until = int(ends.timestamp()) if self.back else self.now
            return Period(int(begins.timestamp()), max(until, int(begins.timestamp()) + 1))
        seconds = LENGTHS_OF_PERIODS[self.span] * 86_400
        until = self.now - self.back * seconds
        return Period(until - seconds, until)

    def moved(self, step: int) -> Asked:
        """Return the question for an earlier period (or later, if `step` is negative), never for the future."""
        return replace(self, back=max(0, self.back + step))

    @property
    def over_time(self) -> By:
        """What a column of the plot represents."""
        return By.HOUR if self.span == TODAY else column_of(self.period(UTC))

    @property
    def groupings(self) -> tuple[Grouped, ...]:
        """The groupings to read: the figures, each over time, and the backlog's ages."""
        return (self.by, (self.by, self.over_time), (self.by, By.AGE))

    def times(self, zone: tzinfo) -> list[tuple[str, str]]:
        """Return every column of the plot, in order: the name of its group and its label."""
        if self.over_time is By.HOUR:
            return [(f"{hour:02}", f"{hour:02}") for hour in range(24)]
        return columns_of(self.period(zone), zone)

    def title(self, zone: tzinfo) -> str:
        """Return the period as text."""
        period = self.period(zone)
        first, last = (day_and_time(datetime.fromtimestamp(at, zone)) for at in (period.since, period.until))
        text = words("{first} to {last} · {hours} · compared with the period before")
        return text.format(first=first, last=last, hours=hours_named(self.calendar))


def hours_named(calendar: str) -> str:
    """Return in which hours durations are measured."""
    return words("wall time") if calendar == WALL else words("hours of {name}").format(name=calendar)


def column_of(period: Period) -> By:
    """Return what a column of a plot of the period represents."""
    return By.WEEK if period.until - period.since >= WEEKS_FROM * 2 * _HALF_A_DAY else By.DAY


def columns_of(period: Period, zone: tzinfo) -> list[tuple[str, str]]:
    """Return the days of the period, or the weeks of a long one, in order: the name of the group and a short label."""
    week = column_of(period) is By.WEEK
    name, label = clock("%G-W%V" if week else "%Y-%m-%d", zone), clock("W%V", zone) if week else _day(zone)
    moments = [*range(period.since, period.until, _HALF_A_DAY), period.until - 1]
    return list({name(at): label(at) for at in moments}.items())


def _day(zone: tzinfo) -> Callable[[int], str]:
    def named(at: int) -> str:
        local = datetime.fromtimestamp(at, zone)
        return f"{weekday(local)} {local:%d}"

    return named
