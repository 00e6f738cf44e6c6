"""Merging a ticket into another: its messages and whatever hangs on them go there, and it is closed with a pointer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.errors import RuleError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.tickets import ACTIVE, Priority, Severity, Status, Ticket
from queues.desk import transfers
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange
from queues.desk.commands.link_problem import LINK
from queues.desk.lane_moves import lane_after
from queues.desk.route_again import PLACED_BY
from queues.desk.ticket_fields import with_clocks, write_fields
from queues.ground import statuses
from queues.ground.undo_steps import Step
from queues.routing.rules import is_harm

_LIVELIEST = (Status.OPEN, Status.NEW, Status.SNOOZED, Status.ON_HOLD, Status.PENDING, Status.SOLVED, Status.CLOSED)
_PRIORITIES, _SEVERITIES = tuple(Priority), tuple(Severity)


class Merge(Command):
    """Merges the ticket into another, which keeps what is more pressing of both."""

    def asked(self, change: Change) -> bool:
        """The change names the ticket that stays."""
        return change.merge_into is not None

    def check(self, work: TicketChange) -> None:
        """Refuse anything else in the same change, a ticket elsewhere, and the way round rules or another customer."""
        change, ticket = work.change, work.ticket
        assert change.merge_into is not None
        if replace(change, merge_into=None, other_customer=False) != Change():
            raise RuleError("Only merged", f"#{ticket.id} is merged and nothing else; do the rest on the other ticket.")
        into = transfers.target_of(work, change.merge_into)
        if into.status is Status.SUSPENDED:
            raise RuleError("Suspended", f"#{into.id} is suspended; take it in first (O, or tridesk reopen {into.id}).")
        after = replace(into, **_rules_of_both(ticket, into))
        transfers.refuse_lost_rules(work, after)
        if work.gates.procedure(ticket) != work.gates.procedure(after):
            work.gates.refuse(ticket, Change(status=Status.CLOSED), "Answer it, or merge the other way round.")

    def status_after(self, ticket: Ticket, change: Change) -> Status:
        """It is closed: nothing happens there any more."""
        return Status.CLOSED

    def write(self, work: TicketChange) -> None:
        """Move everything to the other ticket, and leave a notice in both."""
        store, ticket, number = work.store, work.ticket, work.change.merge_into
        assert number is not None
        into = store.tickets.get(number)
        assert into is not None  # checked
        others = into.customer_id != ticket.customer_id
        rows = store.moves.of_ticket(ticket.id)
        apart = [*transfers.waiting(store, ticket.id), *transfers.waiting(store, into.id)]
        newest, theirs = store.messages.newest(), store.messages.of(ticket.id, limit=max(1, len(rows["message"])))
        work.steps.append(transfers.moved(store, rows, ticket.id, into.id))
        work.steps.extend(transfers.set_apart(store, into.id, apart, newest))
        drafted, unsent = transfers.take_draft(work, into)
        work.steps.extend([*drafted, *transfers.withhold(work, into, theirs), *_problem(work, into)])
        if not others:
            work.steps.extend(work.gates.take_along(ticket, replace(into, **_rules_of_both(ticket, into))))
        self._notices(work, into, len(theirs), unsent, others=others)
        fields = _fields_of_both(ticket, into) | {"updated_at": work.now}
        moved = lane_after(store, work.rules, into, fields)
        fields = with_clocks(store, work.rules, into, fields | moved, work.now)
        work.steps.extend(write_fields(store, into, fields))
        changed = {name: [getattr(into, name), value] for name, value in fields.items() if getattr(into, name) != value}
        detail = {"changed": changed, "merged": ticket.id, "messages": len(theirs)}
        detail |= {PLACED_BY: "filter"} if moved else {}
        store.events.add(work.action, into.id, work.now, work.agent, "change", detail)
        work.fields["merged_into"] = into.id
        work.detail["merged_into"] = into.id

    def _notices(self, work: TicketChange, into: Ticket, count: int, unsent: str, *, others: bool) -> None:
        ticket = work.ticket
        there = f"#{ticket.id} “{ticket.subject}” was merged into this ticket, with {_counted(count)} "
        there += f"of {transfers.of_whom(work.store, ticket)}."
        if others:
            there += " That is another customer: replies and copies do not go there unless you take them in."
        if unsent:
            there += f"\nIts draft, which was not sent:\n\n{unsent}"
        here = f"Merged into #{into.id} “{into.subject}”, with {_counted(count)}."
        for text, number in ((here, ticket.id), (there, into.id)):
            note = messages.own_message(work, Direction.NOTE, text)
            work.steps.append(messages.insert(work, replace(note, ticket_id=number)))

    def describe(self, change: Change) -> str:
        """Return the ticket that it was merged into."""
        return f"merged into #{change.merge_into}"


def _counted(count: int) -> str:
    return f"{count} {'message' if count == 1 else 'messages'}"


def _problem(work: TicketChange, into: Ticket) -> list[Step]:
    """Link the other ticket to the problem of this one, unless it has one."""
    number = work.store.problems.linked(work.ticket.id)
    if not number or work.store.problems.linked(into.id):
        return []
    work.store.problems.link(into.id, number)
    return [{"kind": LINK, "ticket": into.id, "before": 0, "after": number}]


def _rules_of_both(ticket: Ticket, into: Ticket) -> dict[str, Any]:
    """Return topic, procedure, severity and lane of both tickets together; the kept ticket's own go first.

    What handles harm goes before what does not.
    """
    harmful = is_harm(ticket.severity, ticket.tags) and not is_harm(into.severity, into.tags)
    severities = [one.severity for one in (ticket, into) if one.severity is not None]
    return {
        "topic": into.topic or ticket.topic,
        "procedure": into.procedure or ticket.procedure,
        "severity": min(severities, key=_SEVERITIES.index, default=None),
    } | ({"lane": ticket.lane} if harmful else {})


def _fields_of_both(ticket: Ticket, into: Ticket) -> dict[str, Any]:
    """Return the kept ticket's fields: the livelier status, the more pressing of all else, the earliest clock."""
    fields = _rules_of_both(ticket, into) | {
        "priority": max(ticket.priority, into.priority, key=_PRIORITIES.index),
        "tags": tuple(dict.fromkeys((*into.tags, *ticket.tags))),
        "fields": dict(sorted({**ticket.fields, **into.fields}.items())),
        "assignee": into.assignee or ticket.assignee,
        "touches": into.touches + ticket.touches,
        "created_at": min(ticket.created_at, into.created_at),
        "waits": _waits_of_both(ticket, into),
        "merged_due": min(_dues(ticket, into), default=None),
    }
    replied = [one.first_replied_at for one in (ticket, into) if one.first_replied_at is not None]
    fields["first_replied_at"] = min(replied, default=None)
    status = _status_of_both(ticket, into)
    until = [one.snoozed_until for one in (ticket, into) if one.snoozed_until is not None]
    fields |= {"status": status, "snoozed_until": min(until, default=None) if status is Status.SNOOZED else None}
    if statuses.reopens(into.status, status):
        fields |= {"reopens": into.reopens + 1, "solved_at": None}
    return fields


def _status_of_both(ticket: Ticket, into: Ticket) -> Status:
    """Return the status of the livelier ticket; whoever merges a new ticket into an old one has seen it."""
    if into.status in ACTIVE:
        return into.status
    theirs = Status.OPEN if ticket.status in (Status.NEW, Status.SUSPENDED) else ticket.status
    return min(theirs, into.status, key=_LIVELIEST.index)


def _dues(ticket: Ticket, into: Ticket) -> list[int]:
    clocks = [one.due_at for one in (ticket, into) if one.status in ACTIVE]
    return [due for due in (*clocks, ticket.merged_due, into.merged_due) if due is not None]


def _waits_of_both(ticket: Ticket, into: Ticket) -> tuple[int, ...]:
    """Return when the merged ticket waited for others, so that its resolution is due when the first of both was.

    Before the younger ticket came, the older one may have waited longer than the younger one has been here.
    """
    older, younger = sorted((ticket, into), key=lambda one: one.created_at)
    instead = (older.created_at, younger.created_at, *younger.waits)
    return min(older.waits, instead, key=_waited)


def _waited(waits: tuple[int, ...]) -> int:
    return sum(end - start for start, end in zip(waits[::2], waits[1::2], strict=False))
