"""Hooks: which events go to other programs, and what became of each delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class DeliveryState(StrEnum):
    """What became of one delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"
    TAKEN_BACK = "taken back"
    """What it would have told was undone before anything was sent."""
    BEFORE = "before"
    """It was so before the hook began: not to be told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a hook has come."""

    name: str
    target: str
    """What identifies where it delivers to."""
    event: int
    """The newest event that it has seen."""
    began_at: int
    looked_at: int
    """Up to when broken promises and refused replies were looked for."""
    failures: int = 0
    """Attempts in a row that found its receiver failing."""
    paused_until: int = 0
    off: str = ""
    """Why nothing is delivered any more; empty while it is."""
    result: str = ""
    """What came of the last attempt."""
    result_at: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that a hook is to be told."""

    id: int
    hook: str
    ticket_id: int
    webhook_id: str
    """The same at each attempt, by which the receiver knows what it has had."""
    type: str
    """The type of what happened, such as `ticket.solved`."""
    event: int
    """The number of its event, 0 if it has none."""
    at: int
    """When it happened."""
    facts: Mapping[str, Any]
    """What the type says besides the ticket: names and numbers."""
    state: DeliveryState = DeliveryState.WAITING
    due_at: int = 0
    attempts: int = 0
    tried_at: int | None = None
    result: str = ""
    """What came of the last attempt."""
