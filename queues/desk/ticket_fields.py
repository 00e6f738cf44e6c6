"""The fields of a ticket: written together by compare-and-set, with the resulting clocks, and undone together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data.errors import ConflictError
from data.records.customers import Customer
from data.records.tickets import ACTIVE, Priority, Severity, Status, Ticket
from data.store import Store
from queues.clocks import sla
from queues.desk.desk_rules import DeskRules
from queues.ground import statuses
from queues.ground.undo_steps import Step, StepKind, old_and_new

FIELDS = "fields"
"""The kind of the step."""
_OF_A_REPLY = frozenset(
    {
        "touches",
        "first_replied_at",
        "first_due",
        "next_due",
        "resolve_due",
        "merged_due",
        "waits",
        "updated_at",
        "created_at",
    }
)
_NAMED = (
    "status",
    "tags",
    "fields",
    "priority",
    "severity",
    "topic",
    "assignee",
    "lane",
    "language",
    "procedure",
    "snoozed_until",
)


CLOCKS = ("first_due", "next_due", "resolve_due")
"""The fields that say when each clock runs out."""
RECORDED = (*_NAMED, *CLOCKS, "touches", "first_replied_at", "reopens", "solved_at")
"""The fields whose old and new values an undo in part records."""


def write_fields(store: Store, ticket: Ticket, fields: Mapping[str, Any]) -> list[Step]:
    """Compare and set the changed fields; return the step. Raises ConflictError if the ticket has changed."""
    changed = {name: value for name, value in fields.items() if getattr(ticket, name) != value}
    if not changed:
        return []
    if not store.tickets.update(ticket, changed):
        raise ConflictError("Ticket changed", f"#{ticket.id} was changed meanwhile; look at it again.")
    before = {name: getattr(ticket, name) for name in changed}
    return [{"kind": FIELDS, "ticket": ticket.id, "before": before, "after": changed}]


def clocks(
    store: Store, rules: DeskRules, ticket: Ticket, now: int, customer: Customer | None = None
) -> dict[str, Any]:
    """Return the fields of the clocks that run for the ticket as it is now, and of when it waited for others.

    Its `customer` is looked up where it is not known; a ticket that is not stored yet has no messages to look up.
    """
    ticket = replace(ticket, waits=statuses.waits_after(ticket.waits, ticket.status, now))
    tier = customer.tier if customer is not None else store.customers.tier_of(ticket.customer_id)
    waiting_since, last_reply = store.messages.last_times(ticket.id) if ticket.id else (None, None)
    running = sla.clocks(
        ticket,
        tier,
        rules.policies,
        rules.calendars,
        last_incoming_at=waiting_since,
        last_reply_at=last_reply,
        now=now,
    )
    first_due, next_due = running.first_due, running.next_due
    if ticket.merged_due is not None and ticket.status in ACTIVE and waiting_since is not None:
        first_due = None if first_due is None else min(first_due, ticket.merged_due)
        next_due = min(next_due or ticket.merged_due, ticket.merged_due) if first_due is None else None
    return {
        "first_due": first_due,
        "next_due": next_due,
        "resolve_due": running.resolve_due,
        "waits": ticket.waits,
    }


def with_clocks(store: Store, rules: DeskRules, ticket: Ticket, fields: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return the fields with what follows from them: replies, when it was solved or reopened, and the clocks.

    A ticket that is history no longer begins now.
    """
    if ticket.status is Status.HISTORY and fields.get("status", Status.HISTORY) is not Status.HISTORY:
        ticket, fields = replace(ticket, waits=()), {**fields, "created_at": now}
    whole = {**counted_replies(store, ticket), **_of_status(ticket, fields, now), **fields}
    return {**whole, **clocks(store, rules, replace(ticket, **whole), now)}


def counted_replies(store: Store, ticket: Ticket) -> dict[str, Any]:
    """Return the fields that count the ticket's replies, wherever they were sent."""
    touches, first = store.messages.count_replies(ticket.id)
    return {"touches": touches, "first_replied_at": first}


def _of_status(ticket: Ticket, fields: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return what a new status says of when the ticket was solved, and how often it was reopened."""
    status = fields.get("status", ticket.status)
    if status in statuses.DONE and ticket.status not in statuses.DONE:
        return {"solved_at": now}
    if statuses.reopens(ticket.status, status):
        return {"solved_at": None, "reopens": ticket.reopens + 1}
    return {}


def changed_fields(ticket: Ticket, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return each field that differs with its old and its new value, as events record them."""
    return {name: [getattr(ticket, name), value] for name, value in fields.items() if getattr(ticket, name) != value}


def named_in(step: Step, *, answered: bool) -> list[str]:
    """Return the fields of a step that an agent set; consequences of a sent reply are kept."""
    changed = step["before"].keys() - (_OF_A_REPLY if answered else set())
    return [name for name in _NAMED if name in changed]


def reset_answered(store: Store, rules: DeskRules, step: Step, now: int) -> None:
    """Restore what the agent decided besides the sent reply; the clocks run as for an answered ticket."""
    names = step["before"].keys() - _OF_A_REPLY
    ticket = _unchanged(store, step["ticket"], {name: step["after"][name] for name in names})
    fields = {name: _plain(step["before"][name]) for name in names} | {"updated_at": now}
    if fields.get("status") in (Status.NEW, Status.HISTORY):
        fields["status"] = Status.OPEN
    write_fields(store, ticket, fields | clocks(store, rules, replace(ticket, **_typed(fields)), now))


def reset_apart(store: Store, rules: DeskRules, step: Step, now: int) -> None:
    """Restore what the agent set, although the ticket was changed since in other fields; the clocks run from now on.

    Raises ConflictError if one of these fields was changed again.
    """
    names = step["before"].keys() - _OF_A_REPLY
    ticket = _unchanged(store, step["ticket"], {name: step["after"][name] for name in names})
    # when it last changed stays as it is, so that the latest action can still be undone
    fields = {name: _plain(step["before"][name]) for name in names} | counted_replies(store, ticket)
    write_fields(store, ticket, fields | clocks(store, rules, replace(ticket, **_typed(fields)), now))


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    old, new = old_and_new(step, forward=forward)
    store.tickets.update(_unchanged(store, step["ticket"], old), {name: _plain(value) for name, value in new.items()})


def _unchanged(store: Store, ticket_id: int, values: Mapping[str, Any]) -> Ticket:
    """Return the ticket if it still has these values. Raises ConflictError if not."""
    ticket = store.tickets.get(ticket_id)
    if ticket is None or any(not _same(ticket, name, value) for name, value in values.items()):
        raise ConflictError("Ticket changed", f"#{ticket_id} was changed since; it cannot be undone as a whole.")
    return ticket


def _plain(value: Any) -> Any:
    # steps come back from JSON, where a tuple has become a list
    return tuple(value) if isinstance(value, list) else value


def _typed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as a ticket holds them; steps come back from JSON, where a status has become a string."""
    kinds = {"status": Status, "priority": Priority, "severity": Severity}
    return {
        name: kinds[name](value) if name in kinds and value is not None else value for name, value in fields.items()
    }


def _same(ticket: Ticket, name: str, value: Any) -> bool:
    current = getattr(ticket, name)
    return bool((list(current) if isinstance(current, tuple) else current) == value)


STEP_KINDS = {FIELDS: StepKind(_turn)}
