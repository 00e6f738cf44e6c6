"""Calendars and policies as a settings file writes them, converted to the types that the clocks use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from data.errors import InputError
from data.records.tickets import Priority, Severity
from data.spans import span_seconds
from queues.clocks.calendar import Calendar, from_table
from queues.clocks.sla import DEFAULT_CALENDARS, DEFAULT_POLICIES, Policy


class PolicyTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[policy]]`: targets as `30m`, `4h` or `2d`, and the tickets that it applies to."""

    name: str
    first_reply: str = ""
    next_reply: str = ""
    resolution: str = ""
    calendar: str = "always"
    statutory: bool = False
    lanes: list[str] = []
    priorities: list[Priority] = []
    severities: list[Severity] = []
    languages: list[str] = []
    tiers: list[str] = []
    topics: list[str] = []


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
