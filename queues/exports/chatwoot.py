"""Chatwoot: conversations with their messages, or one conversation's page of messages as its API gives it.

Shapes: Chatwoot's API description (swagger), "Conversations" and "Messages"; times are Unix seconds.
"""

from __future__ import annotations

from urllib.parse import unquote

from data.records.messages import Attachment, Direction
from data.records.tickets import Priority, Status
from data.safe_text import safe_line
from queues.exports.base import Leftovers, attachment, number_of, person, whole
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person

NAME = "chatwoot"

_STATUSES = {
    "open": Status.OPEN,
    "pending": Status.NEW,  # a bot has it, or no one yet
    "resolved": Status.SOLVED,
    "snoozed": Status.SNOOZED,
}
_PRIORITIES = {"low": Priority.LOW, "medium": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT}
_DIRECTIONS = {
    "0": Direction.IN, "incoming": Direction.IN,
    "1": Direction.OUT, "outgoing": Direction.OUT,
    "3": Direction.OUT, "template": Direction.OUT,
}  # fmt: skip
_TEMPLATES = ("3", "template")
_LONGEST_SUBJECT = 80


def matches(shape: Shape) -> bool:
    """Return whether this is a conversation of Chatwoot, or one conversation's page of messages."""
    if "payload" in shape and "meta" in shape:
        return "message_type" in shape.inside("payload")
    return shape.has("inbox_id", "contact_inbox") and shape.has("messages", "meta")


def read(row: Fields) -> ExportedTicket:
    """Read one conversation. Raises ValueError if it has no number."""
    leftovers = Leftovers()
    meta = row.nested("meta")
    customer = person(meta.nested("sender" if "sender" in meta else "contact"), agent=False)
    rows = row.many("payload" if "payload" in row else "messages")
    messages = tuple(message for record in rows if (message := _message(record, customer, leftovers)) is not None)
    state, priority = _STATUSES.get(row.text("status")), _PRIORITIES.get(row.text("priority"))
    if state is None:
        row.keep("status")
    if priority is None:
        row.keep("priority")
    number = row.line("id") or (rows[0].line("conversation_id") if rows else "")
    ticket = ExportedTicket(
        ref=number or number_of(row, "id"),
        site=row.line("account_id") or (rows[0].line("account_id") if rows else ""),
        subject=_subject(row, messages),
        customer=customer,
        status=state,
        priority=priority,
        assignee=person(meta.nested("assignee"), agent=True),
        tags=row.words("labels") or meta.words("labels"),
        created_at=row.time("created_at"),
        updated_at=row.time("last_activity_at", "timestamp"),
        snoozed_until=row.time("snoozed_until"),
        messages=messages,
    )
    row.drop("timestamp", "last_non_activity_message", "unread_count")
    return leftovers.onto(ticket, row)


def _message(record: Fields, customer: Person, leftovers: Leftovers) -> ExportedMessage | None:
    number, kind = record.line("id"), record.text("message_type")
    direction = Direction.NOTE if record.flag("private") else _DIRECTIONS.get(kind)
    if direction is None:  # what was done to the conversation, not what anyone said
        record.keep("message_type")
        leftovers.message(number, record.rest())
        return None
    sender = person(record.nested("sender"))
    mail = record.nested("content_attributes").nested("email")
    html = mail.nested("html_content").text("full", "reply")
    files = _files(record)
    message = ExportedMessage(
        id=number,
        author=customer if direction is Direction.IN and sender.id in ("", customer.id) else sender,
        direction=direction,
        text=html or record.text("content"),
        is_html=bool(html),
        at=record.time("created_at"),
        subject=mail.line("subject"),
        message_id=_bracketed(mail.line("message_id")),
        is_auto=kind in _TEMPLATES,
        attachments=files,
    )
    record.drop("content", "processed_message_content", "conversation_id", "conversation", "account_id", "inbox_id")
    leftovers.message(number, record.rest())
    return message


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip('<>')}>" if message_id else ""


def _subject(row: Fields, messages: tuple[ExportedMessage, ...]) -> str:
    """Return the mail's subject; a chat has none, so its first words stand for it."""
    result = row.nested("additional_attributes").line("mail_subject")
    result = result or next((message.subject for message in messages if message.subject), "")
    if result:
        return result
    first = next((message for message in messages if message.direction is Direction.IN and not message.is_html), None)
    said = safe_line(first.text.strip().split("\n")[0]) if first else ""
    return said if len(said) <= _LONGEST_SUBJECT else said[: _LONGEST_SUBJECT - 1] + "…"


def _files(row: Fields) -> tuple[Attachment, ...]:
    """Return the names of attachments; their links stay among the kept fields."""
    attachments = []
    for file in row.many("attachments"):
        link = file.line("data_url").split("?")[0]
        attachments.append(
            attachment(unquote(link.rsplit("/", 1)[-1]), file.line("file_type"), whole(file.raw("file_size")))
        )
    row.keep("attachments")
    return tuple(attachments)
