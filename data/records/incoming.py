"""What comes in from outside, before it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.records.messages import Attachment, Direction, MessageKind, Sign
from data.records.tickets import UNKNOWN_LANGUAGE, Priority, Status


@dataclass(frozen=True, slots=True)
class CustomerHint:
    """What a connector knows of a customer besides the addresses of a message; an empty field says nothing."""

    handle: str = ""
    """What the customer is known by besides an address."""
    name: str = ""
    """The customer, if the message is not from them."""
    language: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address and its name; both empty for none."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as a connector hands it in: read, made safe, not yet part of any ticket."""

    connector: str
    source: str
    """Where it came from, for the report: a file and a position, an account and a UID."""
    raw_sha256: str
    kind: MessageKind
    from_name: str
    from_address: str
    subject: str
    text: str
    new_text: str
    at: int | None
    """The date it carries, None if that cannot be used."""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """In-Reply-To and References, oldest first, with angle brackets."""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    """The addresses it was sent to, folded to lower case."""
    direction: Direction = Direction.IN
    """OUT if the mail is our own (sent by a support address)."""
    readable: bool = True
    problem: str = ""
    """Why it is not readable, in a few words."""
    language: str = UNKNOWN_LANGUAGE
    confidence: float = 0.0
    attachments: tuple[Attachment, ...] = ()
    external_ref: str = ""
    lane: str = ""
    """A connector that knows the lane names it; routing may still change it."""
    customer: CustomerHint = CustomerHint()
    """What the connector knows of the customer, if anything."""
    content_hash: str = ""
    """A hash of the message without what relays add, equal for a second delivery; if empty, `raw_sha256` is used."""
    received_at: int | None = None
    """When it reached us, None for now."""
    needs_our_id: bool = False
    """It joins a ticket only by a Message-ID that we gave out: anyone can write a subject or name another's mail."""
    mixed: str = ""
    """As in `Message.mixed`."""
    signs: tuple[Sign, ...] = ()
    """What its headers say of its sort."""
    delivery: str = ""
    """What a delivery report says became of the mail that it is about: `failed`, `delayed`, `delivered` …"""
    reported_thread: tuple[str, ...] = ()
    """Of a delivery report: the Message-IDs that the mail it is about answered."""
    reply_name: str = ""
    """The name next to `reply_to`."""
    original_sender: NamedAddress = NamedAddress()
    """Who is said to have written a mail whose sender's line a mail group rewrote; not to be believed of a stranger."""
    cc: tuple[str, ...] = ()
    """The addresses in its Cc, which are in `to` as well."""
    history: bool = False
    """It came before the desk began to work on its mailbox: no new work, unless it belongs to a ticket that is."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What another tool's export says of a ticket besides its messages."""

    tool: str
    """The tool's name, such as `zendesk`."""
    ref: str
    """The ticket's number there."""
    record: str
    """SHA-256 of the exported record: the same one again changes nothing."""
    messages: int
    """How many messages the record held."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Every field that has no equivalent here, as JSON values."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stood in the tool that it was exported from; an unset field says nothing."""

    subject: str = ""
    status: Status | None = None
    priority: Priority | None = None
    assignee: str = ""
    tags: tuple[str, ...] = ()
    created_at: int | None = None
    updated_at: int | None = None
    solved_at: int | None = None
    snoozed_until: int | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Values for custom fields, by name, as they are written there."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an incoming message: `new`, `joined`, `duplicate`, or `unreadable` (kept as a ticket), or
    `noted` (it only confirms what we sent).
    """

    ticket_id: int
    outcome: str
