"""Harm that a later message reports: the ticket goes to the lane that handles it, for a look. Nothing is lowered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data.records.messages import Direction, Message
from data.records.tickets import Lane, Priority, Severity, Ticket
from data.store import Store
from queues.desk.find_ticket import plain_subject
from queues.desk.harm_memory import HarmMemory
from queues.desk.sorting import UNHEARD
from queues.routing.conditions import Facts
from queues.routing.rules import LOOK, NO_HARM, Route, Rules, is_harm, route

HEARD = "heard"
"""The key under which an event says why."""
_PRIORITIES, _SEVERITIES = tuple(Priority), tuple(Severity)


@dataclass(frozen=True, slots=True)
class Raised:
    """What a later message changes of its ticket; empty if it reports no harm that is new."""

    fields: dict[str, Any] = field(default_factory=dict)
    why: str = ""


def raised_by(rules: Rules, lanes: Sequence[Lane], memory: HarmMemory, ticket: Ticket, facts: Facts) -> Raised:
    """Return what a message of the customer changes of its ticket.

    `facts` are those of a message that would open a ticket. Words like those of a message that an agent found harmless
    only mark the ticket.
    """
    again = plain_subject(facts.subject) == plain_subject(ticket.subject)
    facts = replace(facts, subject="" if again else facts.subject, lane=ticket.lane, tags=())
    taken = route(rules, facts, lanes)
    like = memory.like(facts)
    if like is not None and like.kind == NO_HARM and taken.harmful:
        return _marked(ticket, f"{taken.reason} + {like.reason}")
    taken = memory.applied(rules, lanes, taken, facts)
    return _raised(rules, ticket, taken) if taken.harmful else Raised()


def raised_by_messages(
    store: Store, rules: Rules, lanes: Sequence[Lane], ticket: Ticket, messages: Iterable[Message]
) -> Raised:
    """Return what messages change of a ticket that they came to by another way; corrected ones say what they said."""
    memory, before, reasons = HarmMemory(store), ticket, []
    for message in messages:
        if not is_heard(message) or store.harm_corrections.of(message.id):
            continue
        tier = store.customers.tier_of(ticket.customer_id)
        raised = raised_by(rules, lanes, memory, ticket, facts_of(message, ticket, tier))
        ticket = replace(ticket, **raised.fields)
        reasons += [raised.why] if raised.why else []
    names = ("lane", "priority", "severity", "topic", "procedure", "tags", "reason")
    fields = {name: getattr(ticket, name) for name in names if getattr(ticket, name) != getattr(before, name)}
    return Raised(fields, "; ".join(dict.fromkeys(reasons)))


def is_heard(message: Message) -> bool:
    """Return whether a message is a customer's own."""
    return message.direction is Direction.IN and message.kind not in UNHEARD and not message.history


def facts_of(message: Message, ticket: Ticket, tier: str) -> Facts:
    """Return the facts for the rules of a stored message, in the ticket's language."""
    return Facts(
        language=ticket.language,
        confidence=ticket.confidence,
        connector=ticket.connector,
        to=message.recipients,
        from_address=message.from_address,
        subject=message.subject,
        text=message.new_text or message.text,
        tier=tier,
        lane=message.named_lane,
    )


def _raised(rules: Rules, ticket: Ticket, taken: Route) -> Raised:
    """Return the graver of ticket and route. A matter that is known keeps its topic until the agent chooses one."""
    known = is_harm(ticket.severity, ticket.tags)
    tags = tuple(dict.fromkeys((*ticket.tags, *taken.tags, LOOK)))
    graver = min(filter(None, (ticket.severity, taken.severity)), key=_SEVERITIES.index, default=None)
    if known and graver == ticket.severity and not {*taken.tags} - {*ticket.tags, LOOK}:
        return Raised()
    fields: dict[str, Any] = {
        "severity": graver,
        "priority": max(ticket.priority, taken.priority, key=_PRIORITIES.index),
        "lane": taken.lane,
        "tags": tags,
        "reason": f"{taken.reason}, in a later message",
    }
    if not known:
        doubt = next((rule.then.procedure for rule in rules.rules if LOOK in rule.tags), "")
        fields |= {
            "topic": ticket.topic or taken.topic,
            "procedure": (doubt or taken.procedure) if ticket.topic or ticket.procedure else taken.procedure,
        }
    return _changed(ticket, fields, taken.reason)


def _marked(ticket: Ticket, why: str) -> Raised:
    return _changed(ticket, {"tags": tuple(dict.fromkeys((*ticket.tags, LOOK)))}, why)


def _changed(ticket: Ticket, fields: dict[str, Any], why: str) -> Raised:
    changed = {name: value for name, value in fields.items() if getattr(ticket, name) != value}
    return Raised(changed, why) if changed else Raised()
