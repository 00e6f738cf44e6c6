"""The title of a lane in the language of the interface, or of the environment."""

from __future__ import annotations

import os
from functools import cache

from data.records.tickets import NO_LANE, Lane
from tui.look.shown import safe_line
from tui.look.words import spoken, words


def lane_title(lane: Lane) -> str:
    """Return the lane's title as one safe line.

    It is in the language of the interface, else of the environment, where the settings give one, else the first; the
    titles of the lanes of a new desk are ours, so they are translated.
    """
    if lane.name == NO_LANE:
        return words("No lane")
    titles = dict(lane.titles)
    shown = safe_line(titles.get(spoken()) or titles.get(_language()) or lane.title or lane.name)
    return words(shown) if shown == lane.name.title() else shown


@cache
def _language() -> str:
    """Return the language of the environment, as gettext finds it; empty if none is set."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.partition(":")[0].partition(".")[0].partition("_")[0]
    return ""
