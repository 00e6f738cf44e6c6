"""A ticket exported by another tool, mapped to our terms, before it is filed."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.records.messages import Attachment, Direction
from data.records.tickets import Priority, Status


@dataclass(frozen=True, slots=True)
class Person:
    """A person named in an export, as far as known."""

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
    """None if only the author determines whether it is incoming or outgoing."""
    text: str
    is_html: bool = False
    at: int | None = None
    subject: str = ""
    message_id: str = ""
    is_auto: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """How often a field without an equivalent occurred, and an example of its value."""

    count: int
    example: str


@dataclass(frozen=True, slots=True)
class ExportedTicket:
    """One ticket of an export. With a `problem` it is refused, and nothing else is set."""

    ref: str = ""
    """Its number there."""
    site: str = ""
    """The help desk's name, if the export has it: numbers are not unique across help desks."""
    subject: str = ""
    customer: Person = Person()
    status: Status | None = None
    priority: Priority | None = None
    assignee: Person = Person()
    tags: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    """Values for custom fields of the desk, by name, as they are written there."""
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
