"""What a command is, and the change of one ticket that the commands of it share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from data.records.changes import Change
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.gates import Gates
from queues.ground.undo_steps import Step


@dataclass(frozen=True, slots=True)
class TicketChange:
    """The change of one ticket under way: what commands read, and where each adds what it did."""

    store: Store
    rules: DeskRules
    gates: Gates
    agent: str
    ticket: Ticket
    """As it was before."""
    change: Change
    action: int
    now: int
    status: Status
    """What the ticket's status will be (see `registry.DECIDES_STATUS`)."""
    fields: dict[str, Any] = field(default_factory=dict)
    """The ticket's new values; they are written together, with its clocks, once every command has added its own."""
    steps: list[Step] = field(default_factory=list)
    """What was written besides the ticket's fields, for undo."""
    detail: dict[str, Any] = field(default_factory=dict)
    """What the event keeps: names and numbers, no text of a person."""


class Command(ABC):
    """One kind of change. Each kind reads its own share of `Change` and leaves the rest alone."""

    @abstractmethod
    def asked(self, change: Change) -> bool:
        """Tell whether the change asks for this; if not, none of the other methods is called."""

    def check(self, work: TicketChange) -> None:
        """Raise RuleError or ConflictError where this cannot be done. Nothing is written before all have checked."""
        return  # most kinds have nothing to refuse

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """Return the status that this leaves the ticket in unless another command decides; None for no opinion."""
        return None

    @abstractmethod
    def write(self, work: TicketChange) -> None:
        """Write it, and add its steps, the ticket's fields and the event's detail to `work`."""

    def describe(self, change: Change) -> str:
        """Return what was done in a few words, for the toast and the undo key; empty for nothing worth naming."""
        return ""
