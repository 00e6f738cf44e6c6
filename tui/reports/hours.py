"""The hours in which a report measures time: all, or the open hours of a calendar of the settings."""

from __future__ import annotations

from collections.abc import Mapping

from data.errors import InputError
from queues.clocks.calendar import Calendar
from queues.clocks.clock_settings import calendars_of
from queues.figures.metrics import Elapsed, wall
from tui.setup.settings import CONFIG_NAME, config_folder, load


def calendars() -> Mapping[str, Calendar]:
    """Return the calendars by name. Raises InputError if the settings cannot be used."""
    return calendars_of(load().settings.calendar, str(config_folder() / CONFIG_NAME))


def elapsed_of(name: str) -> Elapsed:
    """Return the function that counts the seconds between two times; without a name, all. Raises InputError."""
    if not name:
        return wall
    known = calendars()
    if name not in known:
        raise InputError("Unknown calendar", f"--calendar {name}: there are {', '.join(sorted(known))}.")
    return known[name].between
