"""The language of a ticket once it is another, and the ways to address a customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.records.tickets import UNKNOWN_LANGUAGE, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.route_again import by_language, facts_again

REGISTERS = ("tu", "usted")
"""The ways in which Spanish addresses one person."""


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
