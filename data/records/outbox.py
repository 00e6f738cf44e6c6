"""Outgoing replies, and where mail is on its server."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OutboxState(StrEnum):
    """The states of an outgoing reply. `in doubt` is never sent again automatically; `recalled` was undone in time."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in doubt"
    FAILED = "failed"
    HELD = "held"
    RECALLED = "recalled"


class Proof(StrEnum):
    """What was asked for when a reply was handed over, and would prove that it arrived."""

    REPORT = "report"
    """A delivery report (RFC 3461)."""
    COPY = "copy"
    """A copy to the account's own address."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of ours that goes out with a reply. It is read when the reply is queued, not before."""

    path: str
    filename: str
    """The name that the customer sees."""
    size: int
    """Bytes, when it was chosen."""


MOST_ENCLOSED = 10_000_000
"""Bytes of all files that one reply may carry."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A reply on its way out; its bytes and Message-ID are fixed when it is queued."""

    id: int
    ticket_id: int
    action: int
    connector: str
    state: OutboxState
    message_id: str
    recipient: str
    raw: bytes
    due_at: int
    """When it may be sent: the end of the undo window."""
    attempts: int = 0
    reason: str = ""
    sent_at: int | None = None
    copied: bool = True
    """The mailbox has its copy, or needs none."""
    cleared: int = 0
    """The newest message that the agent had seen when releasing a held reply; 0 for none."""
    draft: int = 0
    """The revision of the draft that it was written in; 0 for none. Unique on its ticket."""
    cc: tuple[str, ...] = ()
    """Who gets a copy."""
    proofs: frozenset[Proof] = frozenset()
    """What was asked for at the latest attempt."""
    looked_at: int | None = None
    """When it was last looked for in the sent mail, in vain."""


@dataclass(frozen=True, slots=True)
class RemoteMail:
    """Where a mail is on its server, and the flags that it had there when we last looked."""

    connector: str
    mailbox: str
    uidvalidity: int
    uid: int
    sha256: str
    arrived_at: int
    flags: frozenset[str] = frozenset()
    modseq: int = 0
    ticket_id: int | None = None
    """None until it is filed."""
    gone: bool = False
    """Moved or deleted there; nothing of ours follows from that."""
