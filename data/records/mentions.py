"""A mention: a note in which a colleague wrote `@name`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_SHOWN = 200
"""Characters of a note in a list of mentions."""


class MentionState(StrEnum):
    """What the mentioned agent has done about it."""

    OPEN = "open"
    SEEN = "seen"
    ANSWERED = "answered"
    """They have replied, written a note or changed the ticket since."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One note that mentions an agent."""

    message_id: int
    ticket_id: int
    author: str
    at: int
    text: str
    """The beginning of the note: more of it than is shown, so that no confidential item is cut before it is masked."""
    state: MentionState
