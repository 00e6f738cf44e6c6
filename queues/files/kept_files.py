"""The files of a ticket, the newest message's first, and the bytes of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import InputError
from data.records.messages import Attachment, Message
from data.safe_text import safe_line

if TYPE_CHECKING:
    from data.store import Store
    from queues.helper.client import Helper


@dataclass(frozen=True, slots=True)
class TicketFile:
    """A file and the message that it came with, or went out with."""

    message: Message
    attachment: Attachment


def files_of(messages: Sequence[Message]) -> list[TicketFile]:
    """Return the files of a conversation (oldest message first): the newest message's first, each in its order."""
    return [TicketFile(message, attachment) for message in reversed(messages) for attachment in message.attachments]


def content(store: Store, file: TicketFile, helper: Helper) -> bytes:
    """Return the bytes of a file, read out of the mail that contains it.

    Raises InputError where they are not in the desk file, ConnectorError where no helper can be started.
    """
    message, attachment = file.message, file.attachment
    raw = store.messages.raw(message.raw_sha256) if message.raw_sha256 else None
    if raw is None:
        raw = store.outbox.raw_of(message.ticket_id, message.message_id)
    name = safe_line(attachment.filename) or "The file"
    if raw is None or not attachment.sha256:
        raise InputError("File not here", f"{name} stayed in the system that the message came from; open it there.")
    payload = helper.file(raw, attachment.sha256)
    if payload is None:
        raise InputError(
            "File not read",
            f"{name} cannot be read out of its mail; `tridesk export messages --mbox` writes the whole mail.",
        )
    return payload
