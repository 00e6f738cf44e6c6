"""Freshdesk: the account's export (a zip of lists of `helpdesk_ticket`, notes inside), and tickets of API v2.

Shapes: developers.freshdesk.com, tickets with `include=conversations,requester,stats`; developer.freshdesk.com/api/v1.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.records.messages import Attachment, Direction
from data.records.tickets import Priority, Status
from queues.exports.base import Leftovers, attachment, number_of, person, whole
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person

NAME = "freshdesk"

_STATUSES = {
    "2": Status.OPEN,
    "3": Status.PENDING,
    "4": Status.SOLVED,
    "5": Status.CLOSED,
    "6": Status.PENDING,  # waiting on customer
    "7": Status.ON_HOLD,  # waiting on third party
}
_PRIORITIES = {"1": Priority.LOW, "2": Priority.NORMAL, "3": Priority.HIGH, "4": Priority.URGENT}
_OUTBOUND = 10
"""The `source` of a ticket that an agent began with a mail."""


def matches(shape: Shape) -> bool:
    """Return whether this is a ticket of Freshdesk."""
    if "helpdesk_ticket" in shape:
        return True
    asked = shape.has("requester_id", "requester") and shape.has("status", "priority")
    return asked and shape.has("responder_id", "conversations", "description_text", "fr_due_by", "fr_escalated")


def read(row: Fields) -> ExportedTicket:
    """Read one ticket. Raises ValueError if it has no number."""
    row = row.nested("helpdesk_ticket") if "helpdesk_ticket" in row else row
    leftovers = Leftovers()
    customer = _customer(row)
    conversations = row.many("conversations") or [
        record.nested("note") if "note" in record else record for record in row.many("notes")
    ]  # fmt: skip
    responder = _responder(row)
    known = {person.id: person for person in (responder, customer) if person.id}
    messages = [_opening(row, customer), *(_message(record, known, leftovers) for record in conversations)]
    state, priority = _STATUSES.get(row.text("status")), _PRIORITIES.get(row.text("priority"))
    if state is not None:
        row.drop("status_name", "requester_status_name")
    else:
        row.keep("status")
    if priority is not None:
        row.drop("priority_name")
    else:
        row.keep("priority")
    marks = [name for name in ("spam", "deleted") if row.flag(name)]
    stats = row.nested("stats")
    ticket = ExportedTicket(
        ref=number_of(row, "display_id", "id"),
        subject=row.line("subject"),
        customer=customer,
        status=Status.CLOSED if marks else state,
        priority=priority,
        assignee=responder,
        tags=(*row.words("tags", "name"), *marks),
        created_at=row.time("created_at"),
        updated_at=row.time("updated_at"),
        solved_at=stats.time("resolved_at") or stats.time("closed_at"),
        messages=tuple(message for message in messages if message is not None),
    )  # fmt: skip
    row.drop("description", "description_html", "description_text")
    return leftovers.onto(ticket, row)


def _customer(row: Fields) -> Person:
    inside = person(row.nested("requester"))
    return Person(
        row.line("requester_id") or inside.id,
        inside.name or row.line("requester_name", "name"),
        inside.address or row.line("email").casefold(),
        inside.phone or row.line("phone"),
    )


def _responder(row: Fields) -> Person:
    inside = person(row.nested("responder"), agent=True)
    name = inside.name or row.line("responder_name")
    return Person(row.line("responder_id") or inside.id, name, inside.address, is_agent=True)


def _opening(row: Fields, customer: Person) -> ExportedMessage | None:
    """Return the ticket's own words: here they are not among the conversation."""
    html = row.text("description_html") or (row.text("description") if "description_text" in row else "")
    text = html or row.text("description_text", "description")
    if not text:
        return None
    direction = Direction.OUT if row.raw("source") == _OUTBOUND else Direction.IN
    author = customer if direction is Direction.IN else Person()
    files = _files(row)
    return ExportedMessage(
        "description", author, direction, text, bool(html), row.time("created_at"), attachments=files
    )


def _message(record: Fields, known: Mapping[str, Person], leftovers: Leftovers) -> ExportedMessage:
    number, author = record.line("id"), Person(record.line("user_id"))
    author = known.get(author.id, author)
    private, incoming = record.flag("private"), record.flag("incoming")
    direction = Direction.NOTE if private else Direction.IN if incoming else Direction.OUT
    sender = record.line("from_email").casefold()
    if direction is Direction.IN and "@" in sender and " " not in sender and not author.address:
        author = Person(author.id, author.name, sender)
    html = record.text("body_html") or (record.text("body") if "body_text" in record else "")
    message = ExportedMessage(
        id=number,
        author=author,
        direction=direction,
        text=html or record.text("body_text", "body"),
        is_html=bool(html),
        at=record.time("created_at"),
        attachments=_files(record),
    )
    record.drop("body", "body_text", "body_html", "ticket_id")
    leftovers.message(number, record.rest())
    return message


def _files(row: Fields) -> tuple[Attachment, ...]:
    """Return the names of attachments; their links stay among the kept fields."""
    attachments = tuple(
        attachment(
            file.line("name", "content_file_name"),
            file.line("content_type", "content_content_type"),
            whole(file.raw("size")) or whole(file.raw("content_file_size")),
        )
        for file in row.many("attachments")
    )
    row.keep("attachments")
    return attachments
