"""A file with what a new desk knows: learning it from the macros takes a second of processor time at every start.

It holds nothing that the macros' own files do not say. It names the macros and the code that it was made from, so a
file that does not belong to them is made again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from data.locations import private_folder
from macros.filling.macro import Macro
from macros.suggesting.suggest import Suggester, Taught

NAME = "suggestions.msgpack"
LONGEST_HEAD = 200
"""Bytes of the first line."""


def lesson_of(macros: Iterable[Macro]) -> str:
    """Return a digest of all that decides what is learned from macros: their words, and the code that learns."""
    said = [(macro.name, *macro.title.by_language, *(body.text for body in macro.bodies)) for macro in macros]
    return hashlib.sha256(_code() + repr(said).encode("utf-8", "surrogatepass")).hexdigest()


def is_kept(folder: Path, macros: Iterable[Macro]) -> bool:
    """Return whether the file is there for these macros; it may still be damaged."""
    try:
        with (folder / NAME).open("rb") as kept:
            return kept.readline(LONGEST_HEAD).startswith(lesson_of(macros).encode())
    except OSError:
        return False


def remembered(folder: Path, lesson: str) -> Suggester | None:
    """Return the suggester that was kept for a lesson; None without one, or where the file is damaged."""
    try:
        kept = (folder / NAME).read_bytes()
    except OSError:
        return None
    size = kept.find(b"\n")
    head, taught = kept[: max(size, 0)], memoryview(kept)[size + 1 :]
    if head.decode("ascii", "replace") != _head(lesson, taught):
        return None
    try:
        return Suggester.of(msgspec.msgpack.decode(taught, type=Taught))
    except (msgspec.MsgspecError, TypeError, ValueError):
        return None


def remember(folder: Path, lesson: str, suggester: Suggester) -> None:
    """Keep a suggester for the next start. A folder that cannot be written is passed over: this only saves time."""
    taught = msgspec.msgpack.encode(suggester.taught())
    part = folder / f"{NAME}.{os.getpid()}.part"
    with suppress(OSError):
        private_folder(folder)
        part.touch(mode=0o600)
        part.write_bytes(_head(lesson, taught).encode("ascii") + b"\n" + taught)
        part.replace(folder / NAME)
    with suppress(OSError):
        part.unlink(missing_ok=True)


def _head(lesson: str, taught: bytes | memoryview) -> str:
    return f"{lesson} {hashlib.sha256(taught).hexdigest()}"


@cache
def _code() -> bytes:
    files = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in (".py", ".txt"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()
