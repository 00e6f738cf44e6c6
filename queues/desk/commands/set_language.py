"""The language, register and region of a customer, as set by an agent.

All three are remembered for the customer; the language is also the ticket's, and may send it to another lane.
"""

from __future__ import annotations

import re
from typing import Literal

from data.errors import RuleError
from data.records.changes import Change
from data.store import Store
from queues.desk.commands.command import Command, TicketChange
from queues.desk.customer_language import REGISTERS, spoken
from queues.ground.undo_steps import Step, StepKind, old_and_new

CUSTOMER = "customer"
"""The kind of the step."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_REGION = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


class _Remembered(Command):
    """A property of the customer that applies to all their tickets, present and future."""

    name: Literal["language", "register", "region"]

    def asked(self, change: Change) -> bool:
        """The change has a value; the empty string restores the default."""
        return getattr(change, self.name) is not None

    def write(self, work: TicketChange) -> None:
        """Store it for the customer."""
        value, customer = getattr(work.change, self.name), work.store.customers.get(work.ticket.customer_id)
        before = getattr(customer, self.name, None)
        if customer is None or value == before:
            return
        work.store.customers.remember(customer.id, self.name, value)
        step: Step = {"kind": CUSTOMER, "ticket": work.ticket.id, "customer": customer.id, "field": self.name}
        work.steps.append(step | {"before": before, "after": value})

    def describe(self, change: Change) -> str:
        """Return the value."""
        return f"{self.name} {getattr(change, self.name) or 'not set'}"


class SetLanguage(_Remembered):
    """The language that the customer writes in."""

    name = "language"

    def check(self, work: TicketChange) -> None:
        """Refuse an invalid language code."""
        language = work.change.language
        if language is not None and not _LANGUAGE.fullmatch(language):
            raise RuleError("No such language", f"{language!r} is not a language code; use ISO 639-1: en, es, pt.")

    def write(self, work: TicketChange) -> None:
        """Store it for customer and ticket, and move the ticket to the lane that the rules give for this language."""
        assert work.change.language is not None
        super().write(work)
        work.fields.update(spoken(work.store, work.rules, work.ticket, work.change.language))


class SetRegister(_Remembered):
    """How Spanish addresses the customer."""

    name = "register"

    def check(self, work: TicketChange) -> None:
        """Refuse an invalid register."""
        register = work.change.register
        if register and register not in REGISTERS:
            raise RuleError("No such register", f"{register!r} is not a way to address someone; use tu or usted.")

    def write(self, work: TicketChange) -> None:
        """Store it for the customer, and record it in the event."""
        super().write(work)
        if work.change.register:
            work.detail["register"] = work.change.register


class SetRegion(_Remembered):
    """Where the customer lives, for dates, numbers and choice of words."""

    name = "region"

    def check(self, work: TicketChange) -> None:
        """Refuse an invalid region."""
        region = work.change.region
        if region and not _REGION.fullmatch(region):
            raise RuleError("No such region", f"{region!r} is not a region; write language and country: es-MX.")

    def write(self, work: TicketChange) -> None:
        """Store it for the customer, and record it in the event."""
        super().write(work)
        if work.change.region:
            work.detail["region"] = work.change.region


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    _, new = old_and_new(step, forward=forward)
    store.customers.remember(step["customer"], step["field"], new)


STEP_KINDS = {CUSTOMER: StepKind(_turn)}
