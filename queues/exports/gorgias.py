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
    """Return whether this is a ticket of Gorgias."""
    return "created_datetime" in shape and shape.has("messages", "assignee_user", "last_message_datetime")


def read(row: Fields) -> ExportedTicket:
    """Read one ticket. Raises ValueError if it has no number."""
    leftovers = Leftovers()
    customer = person(row.nested("customer" if "customer" in row else "requester"), agent=False)
    messages = tuple(_message(record, customer, leftovers) for record in row.many("messages"))
    state, priority = _STATUSES.get(row.text("status")), _PRIORITIES.get(row.text("priority"))
    if state is None:
        row.keep("status")
    if priority is None:
        row.keep("priority")
    marks = [name for name, marked in (("spam", row.flag("spam")), ("deleted", "trashed_datetime" in row)) if marked]
    ticket = ExportedTicket(
        ref=number_of(row, "id"),
        site=row.nested("account").line("domain"),
        subject=row.line("subject"),
        customer=customer,
        status=Status.CLOSED if marks else state,
        priority=priority,
        assignee=person(row.nested("assignee_user"), agent=True),
        tags=(*row.words("tags", "name"), *marks),
        created_at=row.time("created_datetime"),
        updated_at=row.time("updated_datetime"),
        solved_at=row.time("closed_datetime"),
        snoozed_until=row.time("snooze_datetime"),
        messages=messages,
    )
    row.drop("uri", "requester", "first_message", "last_message", "messages_count", "assignee_user_id")
    return leftovers.onto(ticket, row)


def _message(record: Fields, customer: Person, leftovers: Leftovers) -> ExportedMessage:
    number = record.line("id")
    sender = person(record.nested("sender"))
    if not sender.address:
        sender = Person(sender.id, sender.name, _address(record), sender.phone)
    internal = record.raw("public") is False or record.text("channel") == "internal-note"
    direction = Direction.NOTE if internal else Direction.OUT if record.flag("from_agent") else Direction.IN
    html = record.text("body_html")
    files = _files(record)
    message = ExportedMessage(
        id=number,
        author=customer if sender.id and sender.id == customer.id else sender,
        direction=direction,
        text=html or record.text("body_text", "stripped_text"),
        is_html=bool(html),
        at=record.time("sent_datetime", "created_datetime"),
        subject=record.line("subject"),
        message_id=record.line("message_id"),
        is_auto="rule_id" in record and direction is Direction.OUT,
        attachments=files,
    )
    record.drop("body_text", "stripped_html", "stripped_text", "text", "uri", "ticket_id", "created_datetime", "public")
    leftovers.message(number, record.rest())
    return message


def _address(record: Fields) -> str:
    source = record.raw("source")
    sender = source.get("from") if isinstance(source, dict) else None
    address = sender.get("address") if isinstance(sender, dict) else None
    return address.casefold() if isinstance(address, str) and "@" in address else ""


def _files(row: Fields) -> tuple[Attachment, ...]:
    """Return the names of attachments; their links stay among the kept fields."""
    attachments = tuple(
        attachment(file.line("name"), file.line("content_type"), whole(file.raw("size")))
        for file in row.many("attachments")
    )
    row.keep("attachments")
    return attachments
