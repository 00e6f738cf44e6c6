"""What a mail says, field by field; `queues.mail.letter.write` turns it into bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in a From or To; without an address it is a group without members (RFC 5322, 3.4)."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says.

    `letter.write` makes each value fit for its place: one line, no controls, an address as it is sent.
    """

    subject: str
    at: int
    plain: str
    sender: Person | None = None
    recipient: Person | None = None
    message_id: str = ""
    parent: str = ""
    """The Message-ID that it answers."""
    thread: tuple[str, ...] = ()
    """Those of its conversation, oldest first."""
    html: str = ""
    """Sent next to the plain text, or alone if there is none."""
    files: Sequence[tuple[str, str, bytes]] = ()
    """Name, content type and content of each."""
    local_time: bool = False
    """The date names the time zone of this machine."""
    cc: tuple[str, ...] = ()
    """The addresses that get a copy."""
