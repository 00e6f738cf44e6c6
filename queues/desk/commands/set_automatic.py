"""Giving fields of a ticket back to the rules, after an agent set them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.errors import RuleError
from data.records.changes import AUTOMATIC, Change
from queues.desk.commands.command import Command, TicketChange
from queues.desk.harm_memory import HarmMemory
from queues.desk.route_again import GIVEN_BACK, by_hand, placed_now


class SetAutomatic(Command):
    """Sets fields to what the rules give now; from then on re-routing may change them again."""

    def asked(self, change: Change) -> bool:
        """The change names fields."""
        return bool(change.automatic)

    def check(self, work: TicketChange) -> None:
        """Refuse fields that are never automatic or set at once, and leaving a procedure before its gates."""
        for name in work.change.automatic:
            if name not in AUTOMATIC:
                raise RuleError("Never automatic", f"{name!r} is not set by rules; they set {', '.join(AUTOMATIC)}.")
            if getattr(work.change, name) is not None:
                raise RuleError("Set twice", f"The {name} is either set by the rules or given; choose one.")
        if not work.change.override_reason:
            work.gates.refuse_leaving(work.ticket, replace(work.ticket, **_fields(work)))

    def write(self, work: TicketChange) -> None:
        """Set the fields, and record that no agent sets them any more."""
        work.fields.update(_fields(work))
        work.detail[GIVEN_BACK] = list(work.change.automatic)

    def describe(self, change: Change) -> str:
        """Return the fields."""
        return f"automatic again: {', '.join(change.automatic)}"


def _fields(work: TicketChange) -> dict[str, Any]:
    ticket, change, rules = work.ticket, work.change, work.rules
    hand = by_hand(work.store, ticket, rules.lanes) - set(change.automatic)
    placed = placed_now(work.store, rules.routing, rules.lanes, HarmMemory(work.store), ticket, lambda: hand)
    if placed is None:
        raise RuleError("Nothing to go by", f"#{ticket.id} has no message of the customer's.")
    fields = {name: placed[name] for name in change.automatic}
    return fields | ({"reason": placed["reason"]} if "lane" in fields else {})
