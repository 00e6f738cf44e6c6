"""Messages out of files: mbox, Maildir, `.eml` files and their folders, JSON Lines. One message in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from data.errors import InputError
from queues.connectors.base import MAIL_FILES
from queues.exports.regular_files import files_in, open_regular
from queues.helper.client import RawMessage
from queues.mail.read_mail import LARGEST

NAME = MAIL_FILES
_KNOWN = frozenset({".eml", ".mbox", ".jsonl", ".ndjson", ".json", ".zip"})
"""What is looked for in a folder; in a zip only exports of other tools are."""

# A "From " line with a time of day in it (mbox, RFC 4155), followed by something that is a header line ...
_SEPARATOR = re.compile(rb"From [^\r\n]*\d{1,2}:\d\d[^\r\n]*\r?\n?\Z")
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
# ... or one in the very form that mail programs write, whatever follows: a broken mail is a mail.
_EXACT = re.compile(rb"From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d (?:\S+ )?\d{4}\r?\n?\Z")
_ESCAPED_FROM = re.compile(rb">+From ")


def messages_of(paths: Iterable[Path]) -> Iterator[RawMessage | InputError]:
    """Yield the raw messages of files and Maildirs with their place; what cannot be read is yielded as its error."""
    for path in paths:
        yield from _of_maildir(path) if path.is_dir() else _of_file(path)


def files_of(source: Path) -> list[Path]:
    """Return the files that a source stands for: itself, a Maildir as a whole, or what we know of a folder.

    Raises InputError if `source` does not exist or holds nothing that we know.
    """
    if not source.exists():
        raise InputError("Import", f"{source} does not exist; check the path.")
    source = source.resolve() if source.is_symlink() else source  # named by the user, unlike links inside a folder
    if not source.is_dir() or any((source / name).is_dir() for name in ("cur", "new")):
        return [source]
    try:
        paths = files_in(source, lambda name: Path(name).suffix.lower() in _KNOWN)
    except OSError as error:
        raise InputError("Import", f"{source} cannot be read: {error.strerror}.") from error
    if not paths:
        suffixes = ", ".join(sorted(_KNOWN))
        raise InputError("Import", f"{source} is not a Maildir and holds no {suffixes} file; name a file.")
    return paths


def _of_file(path: Path) -> Iterator[RawMessage | InputError]:
    try:
        with open_regular(path) as stream:
            start = stream.read(64)
            stream.seek(0)
            if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
                yield from _lines(stream, path)
            elif start.startswith(b"From "):
                yield from _mbox(stream, path)
            else:
                yield RawMessage(stream.read(LARGEST + 1), str(path))  # what is larger is not read anyway
    except InputError as refusal:
        yield refusal
    except OSError as error:
        yield InputError("Import", f"{path} cannot be read: {error.strerror}.")


def _of_maildir(folder: Path) -> Iterator[RawMessage | InputError]:
    """Yield a Maildir's messages, then those of the folders inside it (Maildir++)."""
    try:
        paths = files_in(folder, lambda name: not name.startswith("."))
    except InputError as refusal:
        yield refusal
        return
    except OSError as error:
        yield InputError("Import", f"{folder} cannot be read: {error.strerror}.")
        return
    mails = (path for path in paths if path.parent.name in ("cur", "new"))
    for path in sorted(mails, key=lambda path: (path.parent.parent, path.parent.name, path.name)):
        yield from _whole(path)


def _whole(path: Path) -> Iterator[RawMessage | InputError]:
    try:
        with open_regular(path) as stream:
            yield RawMessage(stream.read(LARGEST + 1), str(path))
    except InputError as refusal:
        yield refusal
    except OSError as error:
        yield InputError("Import", f"{path} cannot be read: {error.strerror}.")


def _lines(stream: BinaryIO, path: Path) -> Iterator[RawMessage]:
    for number, line in enumerate(stream, 1):
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        if line:
            yield RawMessage(line, f"{path}:{number}")


def _mbox(stream: BinaryIO, path: Path) -> Iterator[RawMessage]:
    """Split an mbox; `>From ` lines lose one `>` (mboxrd). The place is the message's number, from 1."""
    lines: list[bytes] = []
    number = 0
    blank = True
    waiting: bytes | None = None
    for line in stream:
        if waiting is not None:
            if _HEADER.match(line) or _EXACT.match(waiting):
                if number:
                    yield _message(lines, path, number)
                number += 1
                lines = []
            else:
                lines.append(waiting)
            waiting = None
        if blank and _SEPARATOR.match(line):
            waiting, blank = line, False
            continue
        blank = line in {b"\n", b"\r\n"}
        lines.append(line[1:] if _ESCAPED_FROM.match(line) else line)
    if waiting is not None:
        lines.append(waiting)
    if number or any(line.strip() for line in lines):
        yield _message(lines, path, max(number, 1))


def _message(lines: list[bytes], path: Path, number: int) -> RawMessage:
    """Join the lines, without the empty line that belongs to the next separator."""
    if lines and lines[-1] in {b"\n", b"\r\n"}:
        lines = lines[:-1]
    return RawMessage(b"".join(lines), f"{path}#{number}")
