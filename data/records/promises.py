"""Dated commitments given to customers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Promise:
    """A dated word given to a customer."""

    text: str
    due_at: int


class PromiseState(StrEnum):
    """The states of a promise; `withdrawn` was undone with the reply that made it."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class GivenPromise:
    """A stored promise: who made it in which message, and its state."""

    id: int
    ticket_id: int
    text: str
    due_at: int
    state: PromiseState
    made_at: int
    made_by: str
    message_id: int | None
    """The number of the reply that made it; None if it was a macro or a note."""
    settled_at: int | None = None
    """When a reply or the solution kept or broke it."""
