"""Help Scout: conversations of Mailbox API 2.0 with their threads embedded, alone or in `_embedded` pages.

Shapes: developer.helpscout.com, "Get Conversation" with `embed=threads`, "List Threads".
"""

from __future__ import annotations

from data.records.messages import Attachment, Direction
from data.records.tickets import Status
from queues.exports.base import Leftovers, attachment, number_of, person, whole
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person

NAME = "helpscout"

_STATUSES = {
    "active": Status.OPEN,
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "closed": Status.SOLVED,  # an answer of the customer opens it again
    "spam": Status.CLOSED,
}
_TYPES = {"customer": Direction.IN, "message": Direction.OUT, "note": Direction.NOTE, "forwardparent": Direction.NOTE}
_NO_MESSAGE = "lineitem"
"""The type of a thread that only records an action."""


def matches(shape: Shape) -> bool:
    """Return whether this is a conversation of Help Scout."""
    return shape.has("mailboxId", "primaryCustomer", "mailbox") and shape.has("subject", "number", "threads")


def read(row: Fields) -> ExportedTicket:
    """Read one conversation. Raises ValueError if it has no number."""
    leftovers = Leftovers()
    customer = person(row.nested("primaryCustomer" if "primaryCustomer" in row else "customer"), agent=False)
    threads = row.nested("_embedded").many("threads") or row.many("threads")
    messages = tuple(message for record in threads if (message := _message(record, customer, leftovers)) is not None)
    if threads:
        row.drop("threads", "preview")
    elif row.text("preview"):
        # only the beginning was exported: it is filed, and reported as a preview
        messages = (ExportedMessage("preview", customer, Direction.IN, row.text("preview"), at=row.time("createdAt")),)
        row.keep("preview")
    state = _STATUSES.get(row.text("status"))
    if state is None:
        row.keep("status")
    assignee = person(row.nested("assignee" if "assignee" in row else "owner"), agent=True)
    ticket = ExportedTicket(
        ref=number_of(row, "number", "id"),
        subject=row.line("subject"),
        customer=customer,
        status=state,
        assignee=assignee,
        tags=(*row.words("tags", "tag"), *(["spam"] if row.text("status") == "spam" else [])),
        created_at=row.time("createdAt"),
        updated_at=row.time("userUpdatedAt", "modifiedAt", "userModifiedAt"),
        solved_at=row.time("closedAt"),
        snoozed_until=row.nested("snooze").time("snoozedUntil"),
        messages=messages,
    )
    row.drop("_links")
    return leftovers.onto(ticket, row)


def _message(record: Fields, customer: Person, leftovers: Leftovers) -> ExportedMessage | None:
    number, kind = record.line("id"), record.text("type")
    author = person(record.nested("createdBy"))
    if kind == _NO_MESSAGE:
        leftovers.message(number, record.rest())
        return None
    direction = _TYPES.get(kind, Direction.IN if author.is_agent is False else Direction.OUT)
    if record.raw("state") == "draft":
        direction = Direction.NOTE  # it was never sent
    elif record.raw("state") == "published":
        record.drop("state")
    files = _files(record.nested("_embedded"))
    message = ExportedMessage(
        id=number,
        author=customer if author.id and author.id == customer.id else author,
        direction=direction,
        text=record.text("body"),
        is_html=True,
        at=record.time("createdAt"),
        attachments=files,
    )
    record.drop("_links", "customer")
    leftovers.message(number, record.rest())
    return message


def _files(row: Fields) -> tuple[Attachment, ...]:
    """Return the names of attachments; their links stay among the kept fields."""
    attachments = tuple(
        attachment(file.line("filename", "fileName"), file.line("mimeType"), whole(file.raw("size")))
        for file in row.many("attachments")
    )
    row.keep("attachments")
    return attachments
