"""Changing a ticket's language, and the registers for addressing a customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.records.tickets import UNKNOWN_LANGUAGE, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.route_again import by_language, facts_again

REGISTERS = ("tu", "usted", "vos")
"""The Spanish registers for addressing a person."""


def spoken(
    store: Store, rules: DeskRules, ticket: Ticket, language: str, confidence: float = 1.0, source: str = "agent"
) -> dict[str, Any]:
    """Return a ticket's changed fields for a new language, including where the rules now send it."""
    if language == UNKNOWN_LANGUAGE:
        confidence, source = 0.0, "auto"
    before = facts_again(ticket, store.customers.tier_of(ticket.customer_id), store.messages.opening(ticket.id))
    after = replace(before, language=language, confidence=confidence)
    fields = {"language": language, "confidence": confidence, "language_source": source}
    return fields | by_language(rules, ticket, before, after)
