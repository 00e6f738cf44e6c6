"""Calendars and policies as a settings file writes them, converted to the types that the clocks use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from data.errors import InputError
from data.records.tickets import Priority, Severity
from data.spans import span_seconds
from queues.clocks.calendar import Calendar, from_table
from queues.clocks.sla import DEFAULT_CALENDARS, DEFAULT_POLICIES, Policy


class PolicyTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[policy]]`: targets as `30m`, `4h` or `2d`, and the tickets that it applies to."""

    name: str
    """The name in lists and reports."""
    first_reply: str = ""
    """The target for the first answer; empty sets no clock."""
    next_reply: str = ""
    """The target for each further answer; empty sets no clock."""
    resolution: str = ""
    """The target for solving; empty sets no clock."""
    calendar: str = "always"
    """The calendar whose open time counts: `always`, or one of `[calendar.NAME]`."""
    statutory: bool = False
    """The resolution clock runs day and night and never pauses."""
    lanes: list[str] = []
    """The lanes of the tickets that it applies to; empty for every lane. The lists below likewise."""
    priorities: list[Priority] = []
    """Their priorities."""
    severities: list[Severity] = []
    """Their severities."""
    languages: list[str] = []
    """Their languages, by ISO 639-1 code."""
    tiers: list[str] = []
    """Their customers' tiers."""
    topics: list[str] = []
    """Their topics."""


class CalendarTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[calendar.NAME]`, as `queues.clocks.calendar.from_table` reads it."""

    time_zone: str = "UTC"
    """The time zone of its hours, such as `Europe/Madrid`."""
    monday: list[str] = []
    """The open hours of a day, such as `09:00-17:00`; a weekday that is not named is closed."""
    tuesday: list[str] = []
    """As Monday."""
    wednesday: list[str] = []
    """As Monday."""
    thursday: list[str] = []
    """As Monday."""
    friday: list[str] = []
    """As Monday."""
    saturday: list[str] = []
    """As Monday."""
    sunday: list[str] = []
    """As Monday."""
    holidays: list[date] = []
    """Closed days."""
    country: str = ""
    """Its public holidays are closed days too, by ISO 3166 code; needs the extra `tridesk[holidays]`."""
    subdivision: str = ""
    """The part of the country, by its ISO 3166-2 code."""


def calendars_of(tables: Mapping[str, Mapping[str, object]], where: str) -> Mapping[str, Calendar]:
    """Return the calendars by name, `always` among them. `where` is the settings file. Raises InputError."""
    own = {name: from_table(table, f"{where}: [calendar.{name}]") for name, table in tables.items()}
    return {**DEFAULT_CALENDARS, **own}


def policies_of(tables: Sequence[PolicyTable], calendars: Mapping[str, Calendar], where: str) -> Sequence[Policy]:
    """Return the policies in order; the built-in policies if the settings have none. Raises InputError."""
    return tuple(_policy(table, calendars, where) for table in tables) or DEFAULT_POLICIES


def _policy(table: PolicyTable, calendars: Mapping[str, Calendar], where: str) -> Policy:
    place = f"{where}: policy {table.name!r}"
    if table.calendar not in calendars:
        named = ", ".join(sorted(calendars))
        raise InputError("Unknown calendar", f"{place} names the calendar {table.calendar!r}; there are {named}.")
    return Policy(
        name=table.name,
        first_reply=_seconds(table.first_reply, f"{place}: first-reply"),
        next_reply=_seconds(table.next_reply, f"{place}: next-reply"),
        resolution=_seconds(table.resolution, f"{place}: resolution"),
        lanes=frozenset(table.lanes),
        priorities=frozenset(table.priorities),
        severities=frozenset(table.severities),
        languages=frozenset(table.languages),
        tiers=frozenset(table.tiers),
        topics=frozenset(table.topics),
        calendar=table.calendar,
        statutory=table.statutory,
    )


def _seconds(text: str, place: str) -> int | None:
    """Return a span such as `4h` in seconds; None for an empty value, which sets no clock."""
    if not text.strip():
        return None
    seconds = span_seconds(text)
    if not seconds:
        raise InputError("Not a span of time", f"{place} is {text!r}; write a number and m, h, d or w, such as 4h.")
    return seconds
