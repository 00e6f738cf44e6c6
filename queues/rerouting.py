"""Tries the rules on a ticket that is here already: its language became known, or the rules changed."""

from __future__ import annotations

from typing import Any

from data.records import Customer, Message, Ticket
from queues.conditions import Facts
from queues.routing import Route, Rules, route

PLACED = ("lane", "priority", "severity", "topic", "procedure")
"""The fields of a ticket that routing sets, besides tags and reason."""


def facts_again(ticket: Ticket, customer: Customer | None, opening: Message | None) -> Facts:
    """Return what the rules look at: the message that opened the ticket, in the language that holds now."""
    return Facts(
        language=ticket.language,
        confidence=ticket.confidence,
        connector=ticket.connector,
        to=opening.recipients if opening else (),
        from_address=opening.from_address if opening else "",
        subject=opening.subject if opening else ticket.subject,
        text=(opening.new_text or opening.text) if opening else "",
        tier=customer.tier if customer else "",
        lane=opening.named_lane if opening else ticket.lane,
    )


def by_language(rules: Rules, ticket: Ticket, before: Facts, after: Facts) -> dict[str, Any]:
    """Return the fields that another language alone changes, where the ticket still stands as it was routed.

    What an agent, or a rule that does not ask for the language, has set is left.
    """
    old, new = route(rules, before), route(rules, after)
    fields: dict[str, Any] = {
        name: getattr(new, name)
        for name in PLACED
        if getattr(old, name) != getattr(new, name) and getattr(ticket, name) == getattr(old, name)
    }
    tags = tags_again(ticket.tags, old, new)
    if tags != ticket.tags:
        fields["tags"] = tags
    if fields and ticket.reason == old.reason:
        fields["reason"] = new.reason
    return fields


def tags_again(tags: tuple[str, ...], old: Route, new: Route) -> tuple[str, ...]:
    """Return the tags without those that only the old route gives, and with those that only the new one gives."""
    kept = [tag for tag in tags if tag not in old.tags or tag in new.tags]
    return tuple(dict.fromkeys((*kept, *(tag for tag in new.tags if tag not in old.tags))))
