"""Gorgias: tickets of its API with their messages, alone or in `data` pages.

Shapes: developers.gorgias.com, "The Ticket object", "The TicketMessage object".
"""

from __future__ import annotations

from data.records.messages import Attachment, Direction
from data.records.tickets import Priority, Status
from queues.exports.base import Leftovers, attachment, number_of, person, whole
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person

NAME = "gorgias"

_STATUSES = {"open": Status.OPEN, "closed": Status.SOLVED}
_PRIORITIES = {
    "low": Priority.LOW,
    "normal": Priority.NORMAL,
    "high": Priority.HIGH,
    "urgent": Priority.URGENT,
    "critical": Priority.URGENT,
}


def matches(shape: Shape) -> bool:
    """Tell whether this is a ticket of Gorgias."""
    return "created_datetime" in shape and shape.has("messages", "assignee_user", "last_message_datetime")


def read(row: Fields) -> ExportedTicket:
    """Read one ticket. Raises ValueError where it has no number."""
    left = Leftovers()
    customer = person(row.one("customer" if "customer" in row else "requester"), agent=False)
    messages = tuple(_message(one, customer, left) for one in row.many("messages"))
    state, priority = _STATUSES.get(row.text("status")), _PRIORITIES.get(row.text("priority"))
    if state is None:
        row.keep("status")
    if priority is None:
        row.keep("priority")
    marks = [name for name, told in (("spam", row.flag("spam")), ("deleted", "trashed_datetime" in row)) if told]
    ticket = ExportedTicket(
        ref=number_of(row, "id"),
        site=row.one("account").line("domain"),
        subject=row.line("subject"),
        customer=customer,
        status=Status.CLOSED if marks else state,
        priority=priority,
        assignee=person(row.one("assignee_user"), agent=True),
        tags=(*row.words("tags", "name"), *marks),
        created_at=row.time("created_datetime"),
        updated_at=row.time("updated_datetime"),
        solved_at=row.time("closed_datetime"),
        snoozed_until=row.time("snooze_datetime"),
        messages=messages,
    )
    row.drop("uri", "requester", "first_message", "last_message", "messages_count", "assignee_user_id")
    return left.onto(ticket, row)


def _message(one: Fields, customer: Person, left: Leftovers) -> ExportedMessage:
    number = one.line("id")
    sender = person(one.one("sender"))
    if not sender.address:
        sender = Person(sender.id, sender.name, _address(one), sender.phone)
    internal = one.raw("public") is False or one.text("channel") == "internal-note"
    direction = Direction.NOTE if internal else Direction.OUT if one.flag("from_agent") else Direction.IN
    html = one.text("body_html")
    files = _files(one)
    message = ExportedMessage(
        id=number,
        author=customer if sender.id and sender.id == customer.id else sender,
        direction=direction,
        text=html or one.text("body_text", "stripped_text"),
        is_html=bool(html),
        at=one.time("sent_datetime", "created_datetime"),
        subject=one.line("subject"),
        message_id=one.line("message_id"),
        is_auto="rule_id" in one and direction is Direction.OUT,
        attachments=files,
    )
    one.drop("body_text", "stripped_html", "stripped_text", "text", "uri", "ticket_id", "created_datetime", "public")
    left.message(number, one.rest())
    return message


def _address(one: Fields) -> str:
    source = one.raw("source")
    sender = source.get("from") if isinstance(source, dict) else None
    address = sender.get("address") if isinstance(sender, dict) else None
    return address.casefold() if isinstance(address, str) and "@" in address else ""


def _files(row: Fields) -> tuple[Attachment, ...]:
    """Return the names of attachments; they stay among what is kept, for their links."""
    found = tuple(
        attachment(file.line("name"), file.line("content_type"), whole(file.raw("size")))
        for file in row.many("attachments")
    )
    row.keep("attachments")
    return found
