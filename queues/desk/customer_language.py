"""How a customer writes and is addressed: what an agent says of it, checked and remembered."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from data.errors import RuleError
from data.records.changes import Change
from data.records.tickets import UNKNOWN_LANGUAGE, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.route_again import by_language, facts_again
from queues.ground.undo_steps import Step

REGISTERS = ("tu", "usted")
"""The ways in which Spanish addresses one person."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_REGION = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


def check(change: Change) -> None:
    """Raise RuleError where the change names a language, register or region that is none."""
    if change.language is not None and not _LANGUAGE.fullmatch(change.language):
        raise RuleError(
            "No such language", f"{change.language!r} is no language; write its ISO 639-1 code: en, es, pt."
        )
    if change.register and change.register not in REGISTERS:
        raise RuleError("No such register", f"{change.register!r} is no way to address somebody; use tu or usted.")
    if change.region and not _REGION.fullmatch(change.region):
        raise RuleError("No such region", f"{change.region!r} is no region; write language and country: es-MX.")


def spoken(
    store: Store, rules: DeskRules, ticket: Ticket, language: str, confidence: float = 1.0, source: str = "agent"
) -> dict[str, Any]:
    """Return the fields of a ticket whose language is now another, and where the rules send it for that."""
    if language == UNKNOWN_LANGUAGE:
        confidence, source = 0.0, "auto"
    before = facts_again(ticket, store.customers.tier_of(ticket.customer_id), store.messages.opening(ticket.id))
    after = replace(before, language=language, confidence=confidence)
    fields = {"language": language, "confidence": confidence, "language_source": source}
    return fields | by_language(rules.routing, ticket, before, after)


def remember(store: Store, ticket: Ticket, change: Change) -> list[Step]:
    """Keep for the customer what the agent said; return what takes it back."""
    customer = store.customers.get(ticket.customer_id)
    said = {"language": change.language, "register": change.register, "region": change.region}
    steps: list[Step] = []
    for field, value in said.items():
        before = getattr(customer, field, None)
        if customer is None or value is None or value == before:
            continue
        store.customers.remember(customer.id, field, value)
        step: Step = {"kind": "customer", "ticket": ticket.id, "customer": customer.id, "field": field}
        steps.append(step | {"before": before, "after": value})
    return steps
