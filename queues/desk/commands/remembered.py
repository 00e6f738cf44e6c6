"""What an agent says of a customer: it applies to all their tickets, present and future."""

from __future__ import annotations

from typing import Literal

from data.records.changes import Change
from data.store import Store
from queues.desk.commands.command import Command, TicketChange
from queues.ground.undo_steps import Step, StepKind, old_and_new

CUSTOMER = "customer"
"""The kind of the step."""


class Remembered(Command):
    """Sets one property of the customer."""

    field: Literal["language", "register", "region", "tier", "customer_name"]
    """Its name on `Change`."""
    name: Literal["language", "register", "region", "tier", "name"]
    """Its name on `Customer`."""

    def asked(self, change: Change) -> bool:
        """The change has a value; the empty string restores the default."""
        return getattr(change, self.field) is not None

    def value(self, change: Change) -> str:
        """Return what is stored."""
        return str(getattr(change, self.field))

    def write(self, work: TicketChange) -> None:
        """Store it for the customer."""
        value, customer = self.value(work.change), work.store.customers.get(work.ticket.customer_id)
        before = getattr(customer, self.name, None)
        if customer is None or value == before:
            return
        work.store.customers.remember(customer.id, self.name, value)
        step: Step = {"kind": CUSTOMER, "ticket": work.ticket.id, "customer": customer.id, "field": self.name}
        work.steps.append(step | {"before": before, "after": value})

    def describe(self, change: Change) -> str:
        """Return the value."""
        return f"{self.name} {getattr(change, self.field) or 'not set'}"


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    _, new = old_and_new(step, forward=forward)
    store.customers.remember(step["customer"], step["field"], new)


STEP_KINDS = {CUSTOMER: StepKind(_turn)}
