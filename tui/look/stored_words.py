"""Texts of ours that are in the store, in the language of the interface: titles of lanes, the missing subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.look.one_line import one_line
from tui.look.words import words

if TYPE_CHECKING:
    from data.records.tickets import Lane

NO_SUBJECT = "(no subject)"
"""What a ticket without a subject is called in the store."""


def subject_line(subject: str) -> str:
    """Return a ticket's subject as one safe line."""
    shown = one_line(subject)
    return words("(no subject)") if shown in ("", NO_SUBJECT) else shown


def lane_title(lane: Lane) -> str:
    """Return a lane's title as one safe line; a title that someone chose stays as it is."""
    shown = one_line(lane.title or lane.name)
    return words(shown) if lane.title == lane.name.title() else shown
