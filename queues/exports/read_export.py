"""Splits export files into records: lists, JSON Lines, pages around a list, and zip archives of those.

Only the shape is read here, so that a bad record does not affect others; the parts are counted and limited.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import IO, Any, BinaryIO

from data.errors import InputError
from queues.exports.json_shape import Shape, opened
from queues.exports.registry import NAMES, tool_of
from queues.exports.regular_files import open_regular

LARGEST_RECORD = 32 * 1024 * 1024
LARGEST_LIST = 256 * 1024 * 1024
"""Bytes of a file that is one list or page: it is held in memory. JSON Lines may be of any length."""
LARGEST_ARCHIVE = 4096 * 1024 * 1024
"""Bytes that an archive may unpack to, all its files together."""
MOST_FILES = 10_000
"""Files of an archive that are looked at."""
_DEEPEST = 4
_AROUND = ("tickets", "conversations", "results", "data", "payload", "items", "_embedded", "ticket", "conversation")
"""What pages call the list, or the object around it, that holds the tickets."""
_PEOPLE = ("users", "customers", "contacts", "agents")
_INNER = (".json", ".jsonl", ".ndjson")
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OverflowError, ValueError)
"""What `zipfile` raises for a damaged archive."""
_MARK = b"\xef\xbb\xbf"
"""What some programs put before UTF-8."""
_LATER = 8
"""How many records are inspected to recognise an export among other JSON."""


@dataclass(frozen=True, slots=True)
class Record:
    """One ticket of an export as in its file."""

    tool: str
    raw: bytes
    source: str
    """File and place, for a report."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One entry of an export's list of people."""

    raw: bytes


Piece = Record | PersonRow | InputError


def is_export(path: Path, read: Callable[[Path], Iterator[Piece]] | None = None) -> bool:
    """Return whether a file is an export of another tool, by its first bytes and records, which `read` yields."""
    try:
        with open_regular(path) as stream:
            start = stream.read(512).removeprefix(_MARK).lstrip()
    except (OSError, InputError):
        return False
    if start.startswith((b"PK\x03\x04", b"[")):
        return True
    if not start.startswith(b"{"):
        return False
    first = zip(range(_LATER), (read or pieces)(path), strict=False)
    return any(not isinstance(piece, InputError) for _, piece in first)


def pieces(path: Path, tool: str = "") -> Iterator[Piece]:
    """Yield a file's records in order; what cannot be imported is yielded as its error.

    `tool` names the tool, if the shape should not decide.
    """
    try:
        with open_regular(path) as stream:
            if zipfile.is_zipfile(stream):
                yield from _of_archive(stream, path, tool)
                return
            stream.seek(0)
            yield from _of_stream(stream, str(path), tool)
    except InputError as refusal:
        yield refusal
    except OSError as error:
        yield _refused(f"{path} cannot be read: {error.strerror}.")


def _of_archive(stream: BinaryIO, path: Path, tool: str) -> Iterator[Piece]:
    try:
        with zipfile.ZipFile(stream) as archive:
            inner = [info for info in archive.infolist() if info.filename.lower().endswith(_INNER)]
            if not inner:
                yield _refused(f"{path} holds no JSON files; export the tickets as JSON.")
            if len(inner) > MOST_FILES:
                yield _refused(f"{path} holds {len(inner):,} files; the first {MOST_FILES:,} were read.")
            inner = inner[:MOST_FILES]
            if _overlap(inner):
                yield _refused(f"{path} has files that share their bytes, as no export does; nothing of it was read.")
                return
            budget = _Budget(LARGEST_ARCHIVE)
            for info in inner:
                yield from _of_member(archive, info, f"{path}:{info.filename}", tool, budget)
                if budget.remaining <= 0:
                    size = LARGEST_ARCHIVE >> 20
                    yield _refused(
                        f"{path} unpacks to more than {size:,} MB; the rest was not read, export it in parts."
                    )
                    return
    except _DAMAGED:
        yield _refused(f"{path} is damaged; export it again.")


def _overlap(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Return whether bytes of the archive belong to two members: a small one then unpacks to any size."""
    places = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in members)
    return any(end > start for (_, end), (start, _) in pairwise(places))


@dataclass(slots=True)
class _Budget:
    """How many bytes may still be unpacked."""

    remaining: int


class _Limited(io.RawIOBase):
    """A member of an archive that ends where the budget does."""

    def __init__(self, inner: IO[bytes], budget: _Budget) -> None:
        self._inner, self._budget = inner, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(min(len(buffer), max(0, self._budget.remaining)))
        buffer[: len(data)] = data
        self._budget.remaining -= len(data)
        return len(data)


def _of_member(
    archive: zipfile.ZipFile, inner: zipfile.ZipInfo, source: str, tool: str, budget: _Budget
) -> Iterator[Piece]:
    try:
        with archive.open(inner) as member, io.BufferedReader(_Limited(member, budget), 1 << 16) as stream:
            yield from _of_stream(stream, source, tool)
    except _DAMAGED:
        yield _refused(f"{source} is damaged; export it again.")
    except RuntimeError:  # what zipfile raises for an encrypted archive
        yield _refused(f"{source} is locked with a password; unpack it first.")


def _of_stream(stream: IO[bytes], source: str, tool: str) -> Iterator[Piece]:
    """Tell a file of lines from one document: its first line is an object, or the second begins another."""
    first = _line(stream)
    while first and not first.removeprefix(_MARK).strip():
        first = _line(stream)
    first, second = first.removeprefix(_MARK), _line(stream)
    begins_anew = first.rstrip().endswith(b"}") and second.startswith(b"{")
    if first.startswith(b"{") and (begins_anew or isinstance(opened(first), dict)):
        yield from _of_lines(chain((first, second), iter(lambda: _line(stream), b"")), source, tool)
        return
    document = first + second
    document += stream.read(max(0, LARGEST_LIST + 1 - len(document)))
    if len(document) > LARGEST_LIST:
        yield _refused(
            f"{source} is one list of more than {LARGEST_LIST >> 20} MB; export it in parts or as JSON Lines."
        )
    elif document and opened(document) is None:
        yield _refused(f"{source} is not whole JSON; it may be cut off, export it again.")
    elif document:
        yield from _unpacked(document, source, tool, 0)


def _line(stream: IO[bytes]) -> bytes:
    return stream.readline(LARGEST_RECORD + 1)


def _of_lines(lines: Iterator[bytes], source: str, tool: str) -> Iterator[Piece]:
    for number, line in enumerate(lines, 1):
        place = f"{source}:{number}"
        if len(line) > LARGEST_RECORD:
            while line and not line.endswith(b"\n"):
                line = next(lines, b"")
            yield _refused(f"{place} is longer than {LARGEST_RECORD >> 20} MB.")
        elif line.strip():
            yield from _unpacked(line.strip(), place, tool, 0)


def _unpacked(raw: bytes, source: str, tool: str, depth: int) -> Iterator[Piece]:
    """Yield the record that this is, or those inside it."""
    results = opened(raw)
    if isinstance(results, list) and depth < _DEEPEST:
        for number, item in enumerate(results, 1):
            yield from _unpacked(bytes(item), f"{source}#{number}", tool, depth + 1)
    elif isinstance(results, dict):
        yield from _of_object(Shape(results), raw, source, tool, depth)
    else:
        yield _refused(f"{source} is not a ticket but {bytes(raw[:30]).decode('utf-8', 'replace')!r}.")


def _of_object(shape: Shape, raw: bytes, source: str, tool: str, depth: int) -> Iterator[Piece]:
    whose = tool_of(shape)
    around = [] if whose or depth >= _DEEPEST else [name for name in _AROUND if _holds(shape, name)]
    people = [name for name in _PEOPLE if shape.is_list(name)] if not whose else []
    for name in people:
        yield from (PersonRow(bytes(object)) for object in shape.objects(name))
    for name in around:
        yield from _unpacked(bytes(shape.row[name]), f"{source}/{name}" if depth else source, tool, depth + 1)
    if whose or (tool and not around and not people and "id" in shape):
        large = len(raw) > LARGEST_RECORD
        yield (
            _refused(f"{source} is larger than {LARGEST_RECORD >> 20} MB.")
            if large
            else Record(tool or whose, raw, source)
        )
    elif not around and not people:
        if shape.has("email", "emails") and "id" in shape:
            yield PersonRow(raw)
        else:
            yield _refused(
                f"{source} is not a known ticket of {', '.join(NAMES)}; if it is one, name the tool with --from."
            )


def _holds(shape: Shape, name: str) -> bool:
    return name in shape and bytes(memoryview(shape.row[name])[:1]) in (b"[", b"{")


def _refused(sentence: str) -> InputError:
    return InputError("Import", sentence)
