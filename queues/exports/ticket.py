"""A ticket exported by another tool, mapped to our terms, before it is filed."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.records.messages import Attachment, Direction
from data.records.tickets import Priority, Status


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whom an export names, as far as it does."""

    id: str = ""
    name: str = ""
    address: str = ""
    phone: str = ""
    is_agent: bool | None = None
    """None if the export does not say."""


@dataclass(frozen=True, slots=True)
class ExportedMessage:
    """One message of an exported ticket."""

    id: str
    author: Person
    direction: Direction | None
    """None if only knowing the author tells whether it went in or out."""
    text: str
    is_html: bool = False
    at: int | None = None
    subject: str = ""
    message_id: str = ""
    is_auto: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """How often a field had no place of its own, and what it said once."""

    count: int
    example: str


@dataclass(frozen=True, slots=True)
class ExportedTicket:
    """One ticket of an export. With a `problem` it is refused, and nothing else is set."""

    ref: str = ""
    """Its number there."""
    site: str = ""
    """Whose help desk it was, where the export tells: numbers are not unique over two of them."""
    subject: str = ""
    customer: Person = Person()
    status: Status | None = None
    priority: Priority | None = None
    assignee: Person = Person()
    tags: tuple[str, ...] = ()
    created_at: int | None = None
    updated_at: int | None = None
    solved_at: int | None = None
    snoozed_until: int | None = None
    messages: tuple[ExportedMessage, ...] = ()
    extra: bytes = b""
    """A JSON object with every field that has no equivalent here; those of messages by the message's number."""
    kept: dict[str, Kept] = field(default_factory=dict)
    """What is in `extra`, by the field's name; a field of messages begins with `messages.`."""
    problem: str = ""
