"""Matters handed to other teams, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EscalationState(StrEnum):
    """The life of an escalation; `withdrawn` was undone."""

    OPEN = "open"
    ANSWERED = "answered"
    RETURNED = "returned"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


BACK = frozenset({EscalationState.ANSWERED, EscalationState.RETURNED})
"""The states of an escalation that wait for us."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A matter handed to another team: a child of its ticket, with a state of its own."""

    team: str
    reason: str = ""
    reference: str = ""
    """The other team's own number for it."""
    due_at: int | None = None
    state: EscalationState = EscalationState.OPEN
    note: str = ""
    """The text for the team. It is kept as a note of the ticket, not here: empty when read from the store."""
    id: int = 0
    """0 until it is stored."""
    ticket_id: int = 0
    opened_at: int = 0
    opened_by: str = ""
    address: str = ""
    """The address that it was mailed to; empty if the team has none."""
    message_id: str = ""
    """The Message-ID of that mail: an answer carries it."""
    settled_at: int | None = None
    """When the team last answered or sent it back."""

    @property
    def label(self) -> str:
        """How people name it: `E-12`."""
        return f"E-{self.id}"

    def is_overdue(self, now: int) -> bool:
        """Return whether the other team should have answered by now."""
        return self.state is EscalationState.OPEN and self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """The outcome of an escalation: the other team answered, sent it back, or we closed it."""

    escalation: int
    text: str = ""
    """The team's text; it becomes a note of the ticket."""
    state: EscalationState = EscalationState.ANSWERED
    reference: str = ""
    """The other team's number, if only known now."""
