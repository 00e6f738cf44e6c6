"""What moves from one ticket to another when tickets are merged or messages moved, as steps of an action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from data.errors import ConflictError, RuleError
from data.records.messages import Direction, Draft, Message, MessageKind
from data.records.participants import Standing
from data.records.tickets import Ticket
from data.store import Store
from data.tables.moves import Rows
from queues.desk.commands.command import TicketChange
from queues.desk.commands.decide_copies import COPIES
from queues.desk.commands.messages import DRAFT
from queues.desk.participants import addresses_of, is_person, participants
from queues.desk.recipient import customer_of
from queues.ground.undo_steps import Step, StepKind, old_and_new
from queues.outgoing import mail_bytes

MOVED, APART, TAKEN_DRAFT = "moved", "apart", "taken draft"
"""The kinds of the steps."""
_MOST_WORDS = 60
_ASKS_NOTHING = frozenset({MessageKind.AUTO, MessageKind.RATING})


def target_of(work: TicketChange, number: int) -> Ticket:
    """Return the ticket that the change's ticket, or messages of it, go to.

    Raises RuleError if they cannot go there.
    """
    ticket, into = work.ticket, work.store.tickets.get(number)
    if into is None:
        raise RuleError("No such ticket", f"There is no ticket #{number}; check the number.")
    if into.id == ticket.id:
        raise RuleError("Same ticket", f"#{number} cannot go into itself; name another ticket.")
    refuse_merged(into)
    for one in (ticket, into):
        refuse_mirrored(one)
    if into.customer_id != ticket.customer_id and not work.change.other_customer:
        raise RuleError(
            "Different customers",
            f"#{ticket.id} and #{into.id} are from different customers. To have both in one ticket all the same, "
            "confirm it on the screen, or add --other-customer.",
        )
    return into


def refuse_merged(ticket: Ticket) -> None:
    """Raise RuleError for a ticket that was merged into another."""
    if ticket.merged_into is not None:
        raise RuleError(
            "Merged", f"#{ticket.id} was merged into #{ticket.merged_into} and holds nothing any more; work there."
        )


def refuse_mirrored(ticket: Ticket) -> None:
    """Raise RuleError for a ticket of a ticketing system, whose messages are there and stay there."""
    if not mail_bytes.carries_cc(ticket.connector):
        system = ticket.connector.partition(":")[0]
        raise RuleError(
            "Not here",
            f"#{ticket.id} is a ticket of {system} too, and tridesk cannot merge tickets, split them or move messages "
            "there; do it there.",
        )


def refuse_lost_rules(work: TicketChange, into: Ticket) -> None:
    """Raise RuleError if the target lacks rules that the change's ticket is under: the way round them."""
    gates, ticket = work.gates, work.ticket
    lost = gates.rules_of(ticket) - gates.rules_of(into)
    if lost:
        raise RuleError(
            "Safeguards would be lost",
            f"#{ticket.id} is under rules that #{into.id} is not ({', '.join(sorted(lost))}); "
            f"do it the other way round, or give #{into.id} the same topic and procedure first.",
        )


def moved(store: Store, rows: Rows, old: int, new: int) -> Step:
    """Move the rows to the ticket `new`; return the step."""
    store.moves.move(rows, old, new)
    return {"kind": MOVED, "ticket": old, "to": new, "rows": dict(rows)}


def waiting(store: Store, ticket_id: int) -> list[int]:
    """Return the messages of a ticket that a merge must not settle: those unanswered, and our own on their way."""
    on_their_way = []
    for entry in store.outbox.waiting():
        own = store.messages.sent_by_us(ticket_id, entry.message_id) if entry.ticket_id == ticket_id else None
        if own is not None and not store.messages.answered_by_newer(ticket_id, entry.message_id, entry.cleared):
            on_their_way.append(own.id)
    return [*store.messages.unanswered(ticket_id), *on_their_way]


def unanswered_among(messages: Sequence[Message]) -> list[int]:
    """Return the numbers of the customer's messages that no reply among `messages` follows."""
    latest = max((message.id for message in messages if message.direction is Direction.OUT), default=0)
    return [
        message.id
        for message in messages
        if message.direction is Direction.IN and message.kind not in _ASKS_NOTHING and message.id > latest
    ]


def set_apart(store: Store, ticket_id: int, messages: Sequence[int], upto: int) -> list[Step]:
    """Let messages up to a number, which were in another ticket, settle none of these; return the step."""
    pairs = [[number, store.messages.set_apart(number, upto), upto] for number in dict.fromkeys(messages)]
    return [{"kind": APART, "ticket": ticket_id, "messages": pairs}] if pairs else []


def take_draft(work: TicketChange, into: Ticket) -> tuple[list[Step], str]:
    """Take the draft along; return its steps, and its text where the other ticket has a draft of its own."""
    store, draft = work.store, work.store.drafts.get(work.ticket.id)
    if draft is None:
        return [], ""
    store.drafts.delete(draft.ticket_id)
    steps: list[Step] = [{"kind": DRAFT, "ticket": draft.ticket_id, "draft": asdict(draft)}]
    if store.drafts.get(into.id) is not None:
        return steps, draft.text
    newer = max(draft.revision, store.outbox.newest_draft(into.id)) + 1
    taken = replace(draft, ticket_id=into.id, revision=max(newer, work.now))
    store.drafts.save(taken, replacing=0)
    return [*steps, {"kind": TAKEN_DRAFT, "ticket": into.id, "draft": asdict(taken)}], ""


def withhold(work: TicketChange, into: Ticket, theirs: Sequence[Message]) -> list[Step]:
    """Leave whoever wrote these messages out of the other ticket's replies and copies until an agent takes them in.

    Its own customer and the people whom it knows already stay as they are.
    """
    store = work.store
    kept = addresses_of(customer_of(store, into)) | {one.address for one in participants(store, work.rules, into)}
    other = set(addresses_of(customer_of(store, work.ticket)))
    for message in theirs:
        if message.direction is Direction.IN:
            form = message.kind is MessageKind.FORM
            other |= {message.reply_to.casefold(), "" if form else message.from_address.casefold()}
    steps: list[Step] = []
    for address in sorted(other - kept - store.participants.decided(into.id).keys()):
        if is_person(address, work.rules.our_addresses):
            store.participants.decide(into.id, address, Standing.NEW)
            step: Step = {"kind": COPIES, "ticket": into.id, "address": address}
            steps.append(step | {"before": None, "after": Standing.NEW})
    return steps


def named(theirs: Sequence[Message]) -> str:
    """Return messages for a notice: how many, whose, and how the first one begins."""
    first = theirs[0]
    words = " ".join((first.new_text or first.text).split())[:_MOST_WORDS]
    count = "A message" if len(theirs) == 1 else f"{len(theirs)} messages, the first"
    return f"{count} of {first.from_name or first.from_address or 'an unknown sender'} (“{words}”)"


def of_whom(store: Store, ticket: Ticket) -> str:
    """Return the customer of a ticket for a notice: name and address."""
    customer = customer_of(store, ticket)
    address = next((identity.value for identity in customer.identities if identity.kind == "email"), "")
    name = customer.name if customer.name != address else ""
    return f"{name} <{address}>" if name and address else name or address or "an unknown customer"


def _turn_moved(store: Store, step: Step, *, forward: bool) -> None:
    old, new = (step["ticket"], step["to"]) if forward else (step["to"], step["ticket"])
    if not store.moves.move(step["rows"], old, new, back=not forward):
        raise ConflictError("Ticket changed", f"The messages of #{old} were moved on since; look at it again.")


def _turn_apart(store: Store, step: Step, *, forward: bool) -> None:
    for number, before, after in step["messages"]:
        store.messages.set_apart(number, after if forward else before)


def _turn_draft(store: Store, step: Step, *, forward: bool) -> None:
    values: dict[str, Any] = step["draft"]
    draft, stored = Draft(**{**values, "kind": Direction(values["kind"])}), store.drafts.get(step["ticket"])
    if forward and stored is None:
        store.drafts.save(draft, replacing=0)
    elif not forward and stored is not None and stored.revision == draft.revision:
        store.drafts.delete(draft.ticket_id, revision=draft.revision)
    else:
        raise ConflictError("Draft changed", f"The draft of #{step['ticket']} was changed or sent since; look there.")


def renamed(store: Store, values: Sequence[str], old: int, new: int) -> list[Step]:
    """Let answers to these Message-IDs join the ticket `new`; return the step."""
    if not values:
        return []
    store.moves.rename(values, old, new)
    return [{"kind": "renamed", "ticket": old, "values": list(values), "before": old, "after": new}]


def _turn_renamed(store: Store, step: Step, *, forward: bool) -> None:
    old, new = old_and_new(step, forward=forward)
    store.moves.rename(step["values"], old, new)


STEP_KINDS = {
    MOVED: StepKind(_turn_moved, lambda step: "the move of messages"),
    APART: StepKind(_turn_apart),
    TAKEN_DRAFT: StepKind(_turn_draft),
    "renamed": StepKind(_turn_renamed),
}
