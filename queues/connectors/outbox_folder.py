"""Replies as `.eml` files in a folder: how the demo and imported mail files send, with no network at all."""

from __future__ import annotations

import os
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from data.errors import ConnectorError
from data.locations import private_folder
from data.records.incoming import Incoming
from data.records.outbox import OutboxEntry
from queues.connectors.base import MAIL_FILES, Capability

FOLDER = "outbox"


class OutboxFolder:
    """Takes the replies to imported mail; nothing comes in. The `outbox` folder is made in `folder`."""

    name = MAIL_FILES
    capabilities = frozenset({Capability.SEND, Capability.ATTACHMENTS})

    def __init__(self, folder: Path) -> None:
        self.outbox = folder / FOLDER

    def fetch(self, cursor: str = "") -> tuple[list[Incoming], str]:
        """Return nothing: mail files come in through `tridesk import`."""
        return [], cursor

    def send(self, entry: OutboxEntry) -> str:
        """Write the reply, whole or not at all, and return the file's name; sending it twice writes it once.

        Raises ConnectorError if the folder cannot be written.
        """
        name = file_name(entry)
        try:
            deliver(private_folder(self.outbox) / name, entry.raw)
        except OSError as error:
            raise not_delivered(self.outbox, error) from error
        return name

    def was_delivered(self, entry: OutboxEntry) -> bool:
        """Return whether the reply is in the folder; it is put there whole."""
        return (self.outbox / file_name(entry)).exists()

    def copies(self, message_ids: Collection[str], values: Collection[str]) -> list[Path]:
        """Return the files of these mails, and those that name one of these addresses or handles."""
        if not self.outbox.is_dir():
            return []
        names = {name_of(message_id) for message_id in message_ids}
        wanted = [value.casefold().encode() for value in values if value]
        return [
            path
            for path in sorted(self.outbox.glob("*.eml"))
            if path.name in names or any(value in path.read_bytes().lower() for value in wanted)
        ]


def not_delivered(folder: Path, error: OSError) -> ConnectorError:
    """Say that the folder did not take a reply."""
    return ConnectorError(
        "Reply not delivered",
        f"{folder} cannot be written ({error.strerror}); check its permissions and the free space.",
    )


def file_name(entry: OutboxEntry) -> str:
    """Name the file after the Message-ID, so that the same reply is the same file."""
    return name_of(entry.message_id)


def name_of(message_id: str) -> str:
    """Return the name of the file of the mail with this Message-ID."""
    return sha256(message_id.encode()).hexdigest()[:32] + ".eml"


def deliver(target: Path, raw: bytes) -> bool:
    """Put the bytes at the target in one step, on the disk; False if it is there already."""
    if target.exists():
        return False
    part = target.with_suffix(f".{os.getpid()}.part")
    with open(part, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, target)
    return True
