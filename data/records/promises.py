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
    """What became of a promise; `withdrawn` was undone with the reply that gave it."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class GivenPromise:
    """A promise as it is kept: who gave it in which message, and what became of it."""

    id: int
    ticket_id: int
    text: str
    due_at: int
    state: PromiseState
    made_at: int
    made_by: str
    message_id: int | None
    """The number of the reply that gave it; None if a macro or a note did."""
    settled_at: int | None = None
    """When a reply or the solution kept or broke it."""
