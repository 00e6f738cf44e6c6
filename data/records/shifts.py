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
    """Keys that were pressed, those that typed text not counted."""
    letters: int
    """Keys that typed or changed text."""
    seconds: float
    """From key to key; a gap longer than two minutes counts as none."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The time that an agent works in one go, and what they wrote down for the next one."""

    id: int
    agent: str
    began_at: int
    since_event: int
    """The newest event when it began: what the shift is made of came later."""
    ended_at: int | None = None
    note: str = ""
    """The hand-over."""

    def seconds(self, since: int, until: int) -> int:
        """Return how much of it lies in `[since, until)`; one that goes on lasts until then."""
        end = until if self.ended_at is None else min(self.ended_at, until)
        return max(0, end - max(self.began_at, since))
