"""Mails to third parties about a ticket, and their answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForwardedFile:
    """A file of the ticket that goes along, with its bytes."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Forward:
    """A mail to someone outside the conversation, as the agent asks for it."""

    to: str
    text: str
    """All that they read, what is quoted of the ticket included."""
    subject: str = ""
    """Empty for the ticket's, with `Fwd:`."""
    files: tuple[ForwardedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class SentForward:
    """A mail to a third party that was queued; its Message-ID and a mark in its subject name it."""

    id: int
    ticket_id: int
    message: int
    """The number of the note that keeps its text."""
    address: str
    message_id: str
