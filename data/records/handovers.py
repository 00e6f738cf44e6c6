"""A hand-over: a note by which an agent gives a colleague what is left to do on a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HandoverState(StrEnum):
    """What became of a hand-over."""

    OPEN = "open"
    ACCEPTED = "accepted"
    GIVEN_BACK = "given back"
    TAKEN_BACK = "taken back"
    """By the agent who handed it over."""
    REPLACED = "replaced"
    """The ticket was handed over again before it was answered."""


ANSWERS = (HandoverState.ACCEPTED, HandoverState.GIVEN_BACK, HandoverState.TAKEN_BACK)
"""What agents may answer."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One hand-over, named by its note."""

    message_id: int
    ticket_id: int
    author: str
    addressee: str
    at: int
    text: str
    """The beginning of the note."""
    state: HandoverState = HandoverState.OPEN
