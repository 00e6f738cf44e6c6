"""Zendesk: the JSON export of an account (a ticket a line, its comments inside), and pages of the ticket API.

Shapes: support.zendesk.com, "Exporting data to a JSON, CSV, or XML file"; developer.zendesk.com, tickets and comments.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from data.records.messages import Direction
from data.records.tickets import Priority, Status
from queues.exports.base import Leftovers, attachment, number_of, person, whole
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person

NAME = "zendesk"

_STATUSES = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "hold": Status.ON_HOLD,
    "solved": Status.SOLVED,
    "closed": Status.CLOSED,
    "deleted": Status.CLOSED,
}
_PRIORITIES = {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT}


def matches(shape: Shape) -> bool:
    """Return whether this is a ticket of Zendesk."""
    return shape.has("requester_id", "requester") and shape.has("submitter_id", "submitter", "raw_subject", "comments")


def read(row: Fields) -> ExportedTicket:
    """Read one ticket. Raises ValueError if it has no number."""
    leftovers = Leftovers()
    people = _people(row)
    customer = _customer(row, people)
    messages = tuple(_message(record, customer, people, leftovers) for record in row.many("comments"))
    if not messages:
        messages = _description(row, customer)
    row.drop("url", "raw_subject", "description", "fields")
    custom = row.raw("custom_fields")
    if isinstance(custom, list) and all(isinstance(item, dict) for item in custom):  # most of an account's are empty
        row.drop("custom_fields")
        leftovers.ticket(
            {"custom_fields": filled} if (filled := [item for item in custom if item.get("value")]) else {}
        )
    status, state = row.text("status"), _STATUSES.get(row.text("status"))
    if state is None:
        row.keep("status")
    priority = _PRIORITIES.get(row.text("priority"))
    if priority is None:
        row.keep("priority")
    ticket = ExportedTicket(
        ref=number_of(row, "id"),
        site=_site(row),
        subject=row.line("subject"),
        customer=customer,
        status=state,
        priority=priority,
        assignee=people.get(row.line("assignee_id")) or Person(row.line("assignee_id")),
        tags=(*row.words("tags"), *(["deleted"] if status == "deleted" else [])),
        created_at=row.time("created_at"),
        updated_at=row.time("updated_at"),
        solved_at=row.nested("metric_set").time("solved_at"),
        messages=messages,
    )
    return leftovers.onto(ticket, row)


def _site(row: Fields) -> str:
    try:
        return urlsplit(row.line("url")).hostname or ""
    except ValueError:
        return ""


def _people(row: Fields) -> dict[str, Person]:
    """Return whom the ticket itself names, by number."""
    people = {}
    for name in ("requester", "submitter", "assignee"):
        item = person(row.nested(name), agent=True if name == "assignee" else None)
        if item.id:
            people[item.id] = item
    return people


def _customer(row: Fields, people: dict[str, Person]) -> Person:
    number = row.line("requester_id") or person(row.nested("requester")).id
    if number in people:
        return people[number]
    via = row.raw("via")
    source = via.get("source") if isinstance(via, dict) else None
    sender = source.get("from") if isinstance(source, dict) else None
    known = person(
        Fields({"name": sender.get("name"), "email": sender.get("address")} if isinstance(sender, dict) else {})
    )
    return Person(number, known.name, known.address)


def _message(record: Fields, customer: Person, people: dict[str, Person], leftovers: Leftovers) -> ExportedMessage:
    number, author = record.line("id"), record.line("author_id")
    who = people.get(author) or Person(author)
    private = record.raw("public") is False
    direction = Direction.NOTE if private else Direction.IN if author and author == customer.id else None
    if direction is None and who.is_agent is not None:
        direction = Direction.OUT if who.is_agent else Direction.IN
    files = [(file.line("file_name"), file.line("content_type"), whole(file.raw("size"))) for file in _files(record)]
    html = record.text("html_body")
    message = ExportedMessage(
        id=number,
        author=customer if author == customer.id else who,
        direction=direction,
        text=html or record.text("plain_body", "body"),
        is_html=bool(html),
        at=record.time("created_at"),
        attachments=tuple(attachment(*file) for file in files),
    )
    record.drop("plain_body", "body", "public", "type")
    leftovers.message(number, record.rest())
    return message


def _files(record: Fields) -> list[Fields]:
    """Return the attachments; they stay among what is kept, for their links."""
    records = record.many("attachments")
    record.keep("attachments")
    return records


def _description(row: Fields, customer: Person) -> tuple[ExportedMessage, ...]:
    """Return the ticket's first words where the export left the comments out."""
    text = row.text("description")
    message = ExportedMessage("description", customer, Direction.IN, text, at=row.time("created_at"))
    return (message,) if text else ()
