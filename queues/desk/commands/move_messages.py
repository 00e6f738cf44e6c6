"""Moving messages to another ticket, or splitting them off into a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from data.errors import RuleError
from data.records.changes import Change
from data.records.customers import Customer, Identity
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import ACTIVE, Status, Ticket
from queues.desk import transfers
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange
from queues.desk.later_harm import HEARD, raised_by_messages
from queues.desk.participants import addresses_of
from queues.desk.recipient import customer_of
from queues.desk.ticket_fields import with_clocks, write_fields
from queues.ground import statuses

OPENED = "opened"
"""The key under which the step of a move says that its target is a new ticket."""


class MoveMessages(Command):
    """Moves messages with their files and mails; the thread of each follows it."""

    def asked(self, change: Change) -> bool:
        """The change names messages."""
        return bool(change.move)

    def check(self, work: TicketChange) -> None:
        """Refuse anything else in the same change, messages of other tickets, and all messages of this one."""
        change, ticket = work.change, work.ticket
        if replace(change, move=(), move_to=None, other_customer=False) != Change():
            raise RuleError("Only moved", f"#{ticket.id}: messages are moved and nothing else; do the rest afterwards.")
        transfers.refuse_mirrored(ticket)
        for message in _moved(work):
            if message.ticket_id != ticket.id:
                raise RuleError("No such message", f"#{ticket.id} has no message {message.id}; list its messages.")
        kept = [message for message in work.store.messages.of(ticket.id) if message.id not in change.move]
        if all(message.direction is Direction.NOTE for message in kept):
            raise RuleError("Nothing would be left", f"#{ticket.id} has no other message; merge it instead (I).")
        if change.move_to is None:
            return
        into = transfers.target_of(work, change.move_to)
        if into.status is Status.SUSPENDED:
            raise RuleError("Suspended", f"#{into.id} is suspended; take it in first (O, or tridesk reopen {into.id}).")
        transfers.refuse_lost_rules(work, into)

    def write(self, work: TicketChange) -> None:
        """Move them, with notices in both tickets; what the customer wrote waits for an answer there."""
        store, ticket, theirs, number = work.store, work.ticket, _moved(work), work.change.move_to
        into = _shell(work, theirs) if number is None else store.tickets.get(number)
        assert into is not None  # checked
        ids, newest = [message.id for message in theirs], store.messages.newest()
        waits, native = transfers.unanswered_among(theirs), transfers.waiting(store, into.id)
        rows = store.moves.of_messages(ticket.id, ids)
        own = [message for message in transfers.waiting(store, ticket.id) if message in ids]
        step = transfers.moved(store, rows, ticket.id, into.id)
        work.steps.append(step | ({OPENED: True} if number is None else {}))
        work.steps.extend(transfers.renamed(store, _names(work, theirs), ticket.id, into.id))
        if number is not None:
            work.steps.extend(transfers.set_apart(store, into.id, [*waits, *native, *own], newest))
            work.steps.extend(transfers.withhold(work, into, theirs))
        self._notices(work, into, theirs, opened=number is None)
        fields = _live(into, theirs, waits) if number is None else _joined(into, theirs, waits)
        raised = raised_by_messages(store, work.rules.routing, work.rules.lanes, into, theirs)
        fields |= raised.fields | {"updated_at": work.now}
        fields = with_clocks(store, work.rules, into, fields, work.now)
        work.steps.extend(write_fields(store, into, fields))
        changed = {name: [getattr(into, name), value] for name, value in fields.items() if getattr(into, name) != value}
        detail: dict[str, Any] = {"changed": changed, "moved_from": ticket.id, "messages": len(theirs)}
        detail |= {HEARD: raised.why} if raised.why else {}
        store.events.add(work.action, into.id, work.now, work.agent, "change", detail)
        work.detail.update({"moved_to": into.id, "messages": len(theirs)})

    def _notices(self, work: TicketChange, into: Ticket, theirs: Sequence[Message], *, opened: bool) -> None:
        ticket, what = work.ticket, transfers.named(theirs)
        went = f"{what} went to the new ticket #{into.id}" if opened else f"{what} went to #{into.id} “{into.subject}”"
        for text, number in ((f"{went}.", ticket.id), (f"{what} came from #{ticket.id} “{ticket.subject}”.", into.id)):
            note = messages.own_message(work, Direction.NOTE, text)
            work.steps.append(messages.insert(work, replace(note, ticket_id=number)))

    def describe(self, change: Change) -> str:
        """Return where the messages went; the desk adds the number of a new ticket."""
        count = len(set(change.move))
        what = "1 message" if count == 1 else f"{count} messages"
        return f"{what} split off" if change.move_to is None else f"{what} moved to #{change.move_to}"


def _moved(work: TicketChange) -> list[Message]:
    """Return the messages, in the order in which they were filed. Raises RuleError for one that there is not."""
    results = []
    for number in sorted(set(work.change.move)):
        message = work.store.messages.get(number)
        if message is None:
            raise RuleError("No such message", f"#{work.ticket.id} has no message {number}; list its messages.")
        results.append(message)
    return results


def _names(work: TicketChange, theirs: Sequence[Message]) -> list[str]:
    """Return the Message-IDs that lead to the other ticket from now on: those that no message here has too."""
    ids = {message.id for message in theirs}
    kept = {message.message_id for message in work.store.messages.of(work.ticket.id) if message.id not in ids}
    return [message.message_id for message in theirs if message.message_id and message.message_id not in kept]


def _shell(work: TicketChange, theirs: Sequence[Message]) -> Ticket:
    """Store the new ticket as undo leaves it: closed, and a part of this one. Return it."""
    ticket, first = work.ticket, theirs[0]
    customer = _sender(work, theirs)
    shell = replace(
        ticket, id=0, status=Status.CLOSED, merged_into=ticket.id, merged_due=None, version=1, external_ref="",
        subject=first.subject or ticket.subject, customer_id=customer, created_at=first.received_at,
        updated_at=work.now, waits=(), first_due=None, next_due=None, resolve_due=None, snoozed_until=None,
        first_replied_at=None, solved_at=None, touches=0, reopens=0, fields={},
    )  # fmt: skip
    shell = replace(shell, id=work.store.tickets.insert(shell))
    said = {"connector": ticket.connector, "direction": first.direction, "kind": first.kind, "split_from": ticket.id}
    work.store.events.add(work.action, shell.id, first.received_at, work.agent, "received", said)
    return shell


def _sender(work: TicketChange, theirs: Sequence[Message]) -> int:
    """Return the customer of a split-off ticket: the author of its first mail, where that is another person."""
    customer = customer_of(work.store, work.ticket)
    known = addresses_of(customer)
    first = next((message for message in theirs if message.direction is Direction.IN), None)
    if first is None or not known:
        return work.ticket.customer_id
    address = (first.reply_to if first.kind is MessageKind.FORM else first.from_address).casefold()
    if not address or address in known:
        return work.ticket.customer_id
    identity = Identity("email", address, first.received_at)
    known_id = work.store.customers.find((identity,))
    if known_id is not None:
        return known_id
    return work.store.customers.insert(
        Customer(0, first.from_name or address, (identity,), language=first.language, created_at=work.now)
    )


def _live(shell: Ticket, theirs: Sequence[Message], waits: Sequence[int]) -> dict[str, Any]:
    """Return the fields of the new ticket: open, unless we have the last word in it."""
    replies = [message.received_at for message in theirs if message.direction is Direction.OUT]
    answered = bool(replies) and not waits
    return {
        "status": Status.PENDING if answered else Status.OPEN,
        "merged_into": None,
        "touches": len(replies),
        "first_replied_at": min(replies, default=None),
    }


def _joined(into: Ticket, theirs: Sequence[Message], waits: Sequence[int]) -> dict[str, Any]:
    """Return the fields of the other ticket, as if the messages had come there."""
    fields: dict[str, Any] = {"touches": into.touches + sum(one.direction is Direction.OUT for one in theirs)}
    fields["created_at"] = min(into.created_at, *(message.received_at for message in theirs))
    if not waits or into.status in ACTIVE:
        return fields
    fields |= {"status": statuses.after_incoming(into.status), "snoozed_until": None}
    if into.status in statuses.DONE:
        fields |= {"reopens": into.reopens + 1, "solved_at": None}
    return fields
