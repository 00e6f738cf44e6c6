"""The files that go out with a reply: read when it is queued, so that exactly those are sent."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import RuleError
from data.records.messages import Attachment
from data.records.outbox import MOST_ENCLOSED, Enclosure

_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file with its bytes."""

    filename: str
    content_type: str
    content: bytes

    def described(self, position: int) -> Attachment:
        """Return the attachment as the conversation shows it; the reply's text is part 0 of the mail."""
        digest = hashlib.sha256(self.content).hexdigest()
        return Attachment(self.filename, self.content_type, len(self.content), digest, position)


def chosen(path: Path, others: Sequence[Enclosure]) -> Enclosure:
    """Return a file to go out beside others. Raises RuleError where it could not leave with them."""
    total = sum(other.size for other in others)
    try:
        path = path.expanduser().resolve()
        if not path.is_file():
            raise RuleError("Not attached", f"{path} is not a file; Tab completes a path.")
        with path.open("rb"):
            size = path.stat().st_size
    except (OSError, RuntimeError, ValueError) as error:
        raise RuleError("Not attached", f"{path} cannot be read ({error}).") from error
    if any(other.path == str(path) for other in others):
        raise RuleError("Not attached", f"{path} is already attached to the reply.")
    if total + size > MOST_ENCLOSED:
        raise RuleError(
            "Not attached",
            f"{path.name} has {size:,} bytes, and {max(0, MOST_ENCLOSED - total):,} of {MOST_ENCLOSED:,} are free in "
            "this reply; make it smaller, or send a link.",
        )
    return Enclosure(str(path), path.name, size)


def read(enclosures: Sequence[Enclosure]) -> list[Enclosed]:
    """Return the files. Raises RuleError if one is gone, is not a plain file, or all are larger than may be sent."""
    files: list[Enclosed] = []
    for enclosure in enclosures:
        content = _content(enclosure, MOST_ENCLOSED - sum(len(file.content) for file in files))
        kind, packed = mimetypes.guess_type(enclosure.filename)
        files.append(Enclosed(enclosure.filename, kind if kind and not packed else _UNKNOWN_TYPE, content))
    return files


def _content(enclosure: Enclosure, room: int) -> bytes:
    try:
        descriptor = os.open(enclosure.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(room + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError as error:
        raise RuleError(
            "Attachment missing", f"{enclosure.path} cannot be read ({error.strerror}); nothing was sent."
        ) from error
    if content is None or len(content) > room:
        megabytes = MOST_ENCLOSED // 1_000_000
        raise RuleError(
            "Attachment not sendable", f"{enclosure.path} is not a file, or the attachments exceed {megabytes} MB."
        )
    return content
