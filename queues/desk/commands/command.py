"""The base of commands, and the state shared by the commands of one ticket's change."""

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
    """One ticket's change in progress: what commands read, and where each records what it did."""

    store: Store
    rules: DeskRules
    gates: Gates
    agent: str
    ticket: Ticket
    """The ticket before the change."""
    change: Change
    action: int
    now: int
    status: Status
    """What the ticket's status will be (see `registry.DECIDES_STATUS`)."""
    fields: dict[str, Any] = field(default_factory=dict)
    """The ticket's new values; they are written together, with its clocks, once every command has added its own."""
    steps: list[Step] = field(default_factory=list)
    """The undo steps for what was written besides the ticket's fields."""
    detail: dict[str, Any] = field(default_factory=dict)
    """The event's detail: names and numbers, no one's text."""


class Command(ABC):
    """One kind of change. Each kind reads its own fields of `Change` and ignores the others."""

    @abstractmethod
    def asked(self, change: Change) -> bool:
        """Return whether the change includes this; if not, none of the other methods is called."""

    def check(self, work: TicketChange) -> None:
        """Raise RuleError or ConflictError if this is not possible. Nothing is written before all have checked."""
        return  # most kinds have nothing to check

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """Return the ticket's status after this unless another command decides; None for no preference."""
        return None

    @abstractmethod
    def write(self, work: TicketChange) -> None:
        """Write it, and add its steps, the ticket's fields and the event's detail to `work`."""

    def describe(self, change: Change) -> str:
        """Return a short summary for the toast and the undo key; empty for nothing worth mentioning."""
        return ""
