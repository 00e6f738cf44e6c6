"""The title of a lane in the language of the environment."""

from __future__ import annotations

import os
from functools import cache

from data.records.tickets import NO_LANE, Lane
from tui.look.words import words


def lane_title(lane: Lane) -> str:
    """Return the lane's title: in the environment's language where the settings give one, else the first."""
    if lane.name == NO_LANE:
        return words("No lane")
    return dict(lane.titles).get(_language()) or lane.title or lane.name


@cache
def _language() -> str:
    """Return the language of the environment, as gettext finds it; empty if none is set."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.partition(":")[0].partition(".")[0].partition("_")[0]
    return ""
