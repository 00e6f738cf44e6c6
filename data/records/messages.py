"""Messages of a conversation: who wrote what, its files, and drafts not sent yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.records.tickets import UNKNOWN_LANGUAGE


class Direction(StrEnum):
    """Who a message goes to: in from the customer, out to the customer, or a note between agents."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class MessageKind(StrEnum):
    """What sort of message it is; `auto` and `bounce` are never answered automatically.

    A `rating` answers our question and says nothing else: it needs no reply.
    """

    MAIL = "mail"
    FORM = "form"
    REPORT = "report"
    AUTO = "auto"
    BOUNCE = "bounce"
    SPAM = "spam"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign in a mail's headers of the kind of mail: evidence, kept with the message."""

    rule: str
    """A short stable name, such as `bulk`, `spam` or `delivery report`."""
    seen: str
    """The header and its value, such as `Precedence: list`."""
    sure: bool = False
    """A standard leaves no doubt. A sign that is not sure decides nothing."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; its bytes stay inside the raw message until an agent saves them."""

    filename: str
    content_type: str
    size: int
    sha256: str
    position: int
    """Its place among the leaf parts of the raw message, from 0."""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a ticket's conversation."""

    id: int
    ticket_id: int
    direction: Direction
    kind: MessageKind
    from_name: str
    from_address: str
    subject: str
    text: str
    """The whole readable text, already safe for a terminal."""
    new_text: str
    """`text` without quoted history and signature."""
    at: int
    """When it was written, as far as known; ordering uses `received_at`."""
    received_at: int
    language: str = UNKNOWN_LANGUAGE
    confidence: float = 0.0
    message_id: str = ""
    """The mail header, with angle brackets; empty if there is none."""
    reply_to: str = ""
    raw_sha256: str = ""
    readable: bool = True
    """False if the raw message could not be parsed."""
    macro: str = ""
    """The macro an outgoing reply came from."""
    procedure: str = ""
    """The procedure and version that an outgoing reply followed, such as `data-request@2`."""
    attachments: tuple[Attachment, ...] = ()
    mixed: str = ""
    """Languages joined by `+` (`en+es`) where sentences are surely of different ones; else empty."""
    recipients: tuple[str, ...] = ()
    """The addresses that an incoming message was sent to, lower case."""
    named_lane: str = ""
    """The lane that the connector named. With `recipients`, all that routing again needs."""
    signs: tuple[Sign, ...] = ()
    """The evidence in its headers for its sort."""
    cc: tuple[str, ...] = ()
    """The addresses in its Cc, lower case; of ours those that a reply went to."""
    moved_from: int = 0
    """The ticket that it was in before an agent merged or moved it; 0 if it was always here."""
    unread: int = 0
    """Bytes of its text that were not read, where only its beginning was asked for."""
    history: bool = False
    """It came before the desk began to work on its mailbox: no one waits for an answer to it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Text being written, kept in the file as it is typed."""

    ticket_id: int
    text: str
    kind: Direction = Direction.OUT
    """OUT for a reply, NOTE for an internal note."""
    revision: int = 0
    """Counts every save; a save names the revision it replaces, so two windows never overwrite each other."""
    updated_at: int = 0
    macro: str = ""
    """The macros in it, as `data.macro_names` joins them."""
    language: str = ""
    actions: str = ""
    """The other actions of those macros, as packed by `data.changes`."""
    proposed: int = 0
    """The revision in which an assistant wrote it; 0 if none did."""

    @property
    def is_untouched(self) -> bool:
        """Return whether it is as an assistant wrote it, and no agent has written on it."""
        return self.proposed != 0 and self.revision == self.proposed


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What stands in the form of a mail that is no reply, kept in the file as it is typed."""

    ticket_id: int = 0
    """The ticket to forward; 0 for a mail that opens a ticket."""
    to: str = ""
    subject: str = ""
    text: str = ""
    files: str = ""
    """As typed: numbers of the ticket's files, or `all`."""
    id: int = 0
    """0 until it is saved. Two windows that write the same form have a draft each."""
    revision: int = 0
    """Counts every save; a save names the revision it replaces."""

    @property
    def blank(self) -> bool:
        """Nothing is typed."""
        return not (self.to or self.subject or self.text.strip() or self.files)


@dataclass(frozen=True, slots=True)
class OwnReply:
    """A reply as an agent sent it."""

    id: int
    ticket_id: int
    at: int
    macro: str
    """Empty if the agent typed it all."""
    language: str
    text: str
    customer: str
    """The customer's name."""
