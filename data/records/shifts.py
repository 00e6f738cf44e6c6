"""Shifts, and the effort that work on tickets took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """What an agent's work on a ticket took, as counted while it was under their eyes."""

    ticket_id: int
    agent: str
    at: int
    """When it ended, or when the ticket was solved."""
    keys: int
    """Keys pressed, not counting typed text."""
    letters: int
    """Keys that typed or changed text."""
    seconds: float
    """From key to key; a gap longer than two minutes is not counted."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One continuous working time of an agent, and the hand-over written for the next shift."""

    id: int
    agent: str
    began_at: int
    since_event: int
    """The newest event at its start: the shift consists of later events."""
    ended_at: int | None = None
    note: str = ""
    """The hand-over."""

    def seconds(self, since: int, until: int) -> int:
        """Return how much of it is in `[since, until)`; a running shift lasts until then."""
        end = until if self.ended_at is None else min(self.ended_at, until)
        return max(0, end - max(self.began_at, since))
