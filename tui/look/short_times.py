"""Short forms of times and states that fit in a column and do not rely on colour."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from data.records.tickets import LaneRow, Priority
from tui.look.words import words

MINUTE, HOUR, DAY = 60, 3600, 86_400
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

PRIORITY_SIGNS = {Priority.URGENT: "!!", Priority.HIGH: "! ", Priority.NORMAL: "  ", Priority.LOW: "- "}


def span(seconds: int) -> str:
    """Return a length of time in at most five characters: `45s`, `12m`, `1h35`, `3d4h`, `120d`."""
    if seconds < MINUTE:
        return f"{seconds}s"
    if seconds < HOUR:
        return f"{seconds // MINUTE}m"
    if seconds < DAY:
        return f"{seconds // HOUR}h{seconds % HOUR // MINUTE:02d}"
    days, rest = divmod(seconds, DAY)
    return f"{days}d{rest // HOUR}h" if days < 10 else f"{days}d"


def away(at: int, now: int) -> str:
    """Return how far a moment is: `in 12m`, `3h05 ago`."""
    return (
        words("in {span}").format(span=span(at - now)) if at > now else words("{span} ago").format(span=span(now - at))
    )


def due_word(due_at: int | None, now: int) -> str:
    """Return the time left as `1h35`, or `-12m!` once it has passed; empty without a clock."""
    if due_at is None:
        return ""
    remaining = due_at - now
    return span(remaining) if remaining > 0 else f"-{span(-remaining)}!"


def urgency_sign(row: LaneRow) -> str:
    """Return two characters for a row's urgency: its severity if it has one, else its priority."""
    return row.severity.value if row.severity else PRIORITY_SIGNS[row.priority]


def clock_words(name: str, due_at: int | None, now: int) -> str:
    """Return a clock as a phrase: `first reply due in 1h35`, `first reply 12m late`."""
    if due_at is None:
        return ""
    remaining = due_at - now
    phrase = words("{name} due in {span}") if remaining > 0 else words("{name} {span} late")
    return phrase.format(name=words(name), span=span(abs(remaining)))


def moment(at: int, zone: str) -> str:
    """Return a time as `Fri 27 Nov 18:00` in a time zone."""
    from zoneinfo import ZoneInfo

    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    return f"{weekday(local)} {local.day} {month(local)} {local:%H:%M}"


def day_and_time(local: datetime) -> str:
    """Return a local time in a column: `Fri 06 Nov 18:00`."""
    return f"{weekday(local)} {local:%d} {month(local)} {local:%H:%M}"


def weekday(local: datetime) -> str:
    """Return the short name of a time's day of the week."""
    return words(WEEKDAYS[local.weekday()])


def month(local: datetime) -> str:
    """Return the short name of a time's month."""
    return words(MONTHS[local.month - 1])


def later(text: str, now: int, zone: str = "") -> int | None:
    """Return the time that `30m`, `2 days`, `Monday` or `24 dic 9:00` names; None if the text is not a time.

    Days and hours are those of the named time zone, else of the machine; a day without a time means nine o'clock.
    """
    from queues.clocks.time_words import read_time
    from queues.promises.find_promises import OFFICE
    from tui.setup.open_desk import zone_named

    return read_time(text, now, replace(OFFICE, time_zone=zone_named(zone)))


def day_end(now: int, zone: tzinfo) -> int:
    """Return when the day of `now` ends in a time zone; days with a clock change are shorter or longer."""
    midnight = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0)
    return int((midnight + timedelta(days=1)).timestamp())
