"""Periods as people write them on the command line: a date, today, now, or how far back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from data.errors import InputError
from queues.figures.reporting import Period

_BACK = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def zone_of(name: str) -> tzinfo:
    """Return the named time zone, else the desk's own. Raises InputError if it is unknown."""
    if not name:
        from tui.setup.open_desk import zone_of as own_zone
        from tui.setup.settings import load

        return own_zone(load().settings)
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise InputError("Unknown time zone", f"--zone {name} is not known; write one such as Europe/Madrid.") from None


def period_of(since: str, until: str, zone: tzinfo, now: int) -> Period:
    """Return the period from `since` to `until`, such as `7d` and `now`. Raises InputError if invalid or empty."""
    end = now if until == "now" else _moment(until, now, zone, "--until")
    back = _BACK.fullmatch(since)
    if back:
        start = end - int(timedelta(**{_UNITS[back[2]]: int(back[1])}).total_seconds())
    else:
        start = _moment(since, now, zone, "--since")
    if start >= end:
        raise InputError("Period is empty", f"{since} is not before {until}; give an earlier --since.")
    return Period(start, end)


def _moment(text: str, now: int, zone: tzinfo, option: str) -> int:
    today = datetime.fromtimestamp(now, zone).date()
    try:
        day = today if text == "today" else datetime.fromisoformat(text).date()
        return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        raise InputError("Not a date", f"{option} {text}: write a date such as 2026-11-01, today, or 7d.") from None
