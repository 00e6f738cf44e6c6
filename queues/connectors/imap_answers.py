"""What an IMAP server says of its mailboxes and messages, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEYWORD = "tridesk-"
"""What the flags of desks begin with."""
_RANGE = re.compile(rb"(\d+)(?::(\d+))?")
_MOST_OF_A_RANGE = 100_000


@dataclass(frozen=True, slots=True)
class Selected:
    """What the server says of the mailbox that was opened."""

    uidvalidity: int
    uidnext: int
    modseq: int
    """The highest so far; 0 if the server keeps none."""
    keywords: bool
    """Any keyword may be set."""


@dataclass(frozen=True, slots=True)
class Stock:
    """How much mail is in a mailbox."""

    mails: int
    unanswered: int
    """Those without `\\Answered`."""
    oldest_at: int = 0
    """When the oldest arrived, Unix seconds; 0 if there is none."""
    shared_at: int = 0
    """When the oldest mail arrived that a desk's keyword marks; 0 if none does."""
    uidvalidity: int = 0
    last_uid: int = 0


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of one message as the server has them."""

    uid: int
    flags: frozenset[str]
    modseq: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server keeps it."""

    uid: int
    raw: bytes
    arrived_at: int
    flags: frozenset[str]
    modseq: int


def flags_of(row: Mapping[bytes, Any]) -> frozenset[str]:
    """Return the flags in one message's answer."""
    return frozenset(flag.decode("ascii", "replace") for flag in row.get(b"FLAGS", ()) if isinstance(flag, bytes))


def modseq_of(row: Mapping[bytes, Any]) -> int:
    """Return the mod-sequence in one message's answer, 0 if there is none."""
    value = row.get(b"MODSEQ")
    return int(value[0]) if isinstance(value, tuple) and value else 0


def uid_set(line: bytes) -> list[int]:
    """Return the UIDs of a set such as `(EARLIER) 4:6,9`, at most a hundred thousand a range."""
    results: list[int] = []
    for first, last in _RANGE.findall(line):
        start, end = int(first), int(last or first)
        results += range(min(start, end), min(max(start, end), start + _MOST_OF_A_RANGE) + 1)
    return results
