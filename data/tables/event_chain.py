"""The chain of events: each is sealed with its predecessor, so that a change or a gap is found.

An event's `content` seals who and what, with a random `salt`; its `link` seals that, the other columns and the link of
the event before. `event_head` holds the newest link, so that a missing end is found too. Content can be redacted, the
only change that is allowed: the salt goes, so that nothing can be guessed from the seal, and a later event records the
seal of what is there now. Seals are BLAKE2b (RFC 7693), 128 bits.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

SIZE = 16
"""Bytes of a seal."""
START = bytes(SIZE)
"""The link before the first event."""
SEALED = "sealed"
"""The key, in the detail of an event, for the seals of the events that were redacted with it."""
_TYPES = [str, str, bytes, bytes, bytes]
LOST = "salvaged"
"""The kind of the event after which gaps before it are known: the file was damaged."""


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold."""

    event: int
    at: int
    """When that event says that it was written, in seconds since 1970."""
    reason: str
    after: int = 0
    """The last event before it that is as it was written; 0 for none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found."""

    events: int
    """How many events there are."""
    redacted: int
    """How many of them were redacted, each recorded by a later event."""
    breaks: tuple[Break, ...]
    known: tuple[Break, ...]
    """Breaks that are older than a recorded salvage of a damaged file."""
    head: tuple[int, str] = (0, "")
    """The newest event and its link, in hexadecimal: to be kept elsewhere, to compare later."""


def seal_content(salt: bytes, actor: str, detail: str) -> bytes:
    """Return the seal of who and what."""
    return blake2b(f"{actor}\0{detail}".encode("utf-8", "surrogatepass"), digest_size=SIZE, key=salt).digest()


def seal_link(before: bytes, row: tuple[int, int, int, int, str], content: bytes) -> bytes:
    """Return the link of an event; `row` is its number, action, ticket, moment and kind."""
    number, action, ticket_id, at, kind = row
    plain = f"{number}\0{action}\0{ticket_id}\0{at}\0{kind}\0".encode()
    return blake2b(before + plain + content, digest_size=SIZE).digest()


def append(
    connection: sqlite3.Connection, action: int, ticket: int, at: int, actor: str, kind: str, detail: str
) -> int:
    """Append an event to the chain, in the open transaction, and return its number."""
    head, before = connection.execute("SELECT id, link FROM event_head").fetchone()
    number, salt = int(head) + 1, os.urandom(8)
    content = seal_content(salt, actor, detail)
    link = seal_link(before, (number, action, ticket, at, kind), content)
    connection.execute(
        "INSERT INTO event (id, action, ticket_id, at, actor, kind, detail, salt, content, link) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (number, action, ticket, at, actor, kind, detail, salt, content, link),
    )
    connection.execute("UPDATE event_head SET id = ?, link = ?", (number, link))
    return number


def redact(connection: sqlite3.Connection, number: int, actor: str, detail: str) -> str:
    """Replace who and what of an event; return the seal that a later event has to record under `SEALED`."""
    connection.execute("UPDATE event SET actor = ?, detail = ?, salt = x'' WHERE id = ?", (actor, detail, number))
    return seal_content(b"", actor, detail).hex()


def chain_all(connection: sqlite3.Connection) -> None:
    """Seal events that have no seals yet, in the order of their numbers; nothing may keep them from being updated."""
    number, before, sealed = 0, START, []
    for number, action, ticket_id, at, actor, kind, detail in connection.execute(
        "SELECT id, action, ticket_id, at, actor, kind, detail FROM event ORDER BY id"
    ):
        salt = os.urandom(8)
        content = seal_content(salt, actor, detail)
        before = seal_link(before, (number, action, ticket_id, at, kind), content)
        sealed.append((salt, content, before, number))
    connection.executemany("UPDATE event SET salt = ?, content = ?, link = ? WHERE id = ?", sealed)
    connection.execute("UPDATE event_head SET id = ?, link = ?", (number, before))


def verify(connection: sqlite3.Connection, anchors: Mapping[int, bytes] | None = None) -> Verdict:
    """Check every event; `anchors` are links that are known from elsewhere, such as backups, by the event's number."""
    breaks = list(_broken(connection, anchors or {}))
    sql = "SELECT coalesce(max(id), 0) FROM event WHERE kind = ? AND ticket_id = 0"
    salvaged = int(connection.execute(sql, (LOST,)).fetchone()[0])
    number, link = connection.execute("SELECT id, link FROM event_head").fetchone()
    events, redacted = connection.execute("SELECT count(*), total(salt = x'') FROM event").fetchone()
    return Verdict(
        events,
        int(redacted),
        tuple(item for item in breaks if item.event >= salvaged),
        tuple(item for item in breaks if item.event < salvaged),
        (number, link.hex()),
    )


def _broken(connection: sqlite3.Connection, anchors: Mapping[int, bytes]) -> Iterator[Break]:
    number, good, before, when = 0, 0, START, 0
    redacted: dict[int, tuple[int, str]] = {}
    recorded: dict[int, str] = {}
    for number, action, ticket_id, at, actor, kind, detail, salt, content, link in connection.execute(
        "SELECT id, action, ticket_id, at, actor, kind, detail, salt, content, link FROM event ORDER BY id"
    ):
        follows = number == good + 1
        if [type(value) for value in (actor, detail, salt, content, link)] != _TYPES:  # damage below SQLite's checks
            yield Break(number, at, "was changed", good)
            before, good = START, number
            continue
        when = at
        if seal_link(before, (number, action, ticket_id, at, kind), content) != link:
            yield Break(number, at, "was changed" if follows else "does not follow: events before it are gone", good)
        elif seal_content(salt, actor, detail) != content:
            if salt:
                yield Break(number, at, "was changed", good)
            else:
                redacted[number] = (at, seal_content(b"", actor, detail).hex())
        if anchors.get(number, link) != link:
            yield Break(number, at, "is not the event that a backup has under this number", good)
        if SEALED in detail:
            recorded |= _recorded(detail)
        before, good = link, number
    for event, (at, seal) in redacted.items():
        if recorded.get(event) != seal:
            yield Break(event, at, "was redacted without a record", event - 1)
    head = connection.execute("SELECT id, link FROM event_head").fetchall()
    if head != [(number, before)]:
        yield Break(number + 1, when, "is gone, or the end of the record was changed", number)
    for event in (event for event in anchors if event > number):
        yield Break(event, when, "is in a backup, and gone here", number)


def _recorded(detail: str) -> dict[int, str]:
    try:
        sealed = json.loads(detail).get(SEALED)
    except ValueError:
        return {}
    return {int(number): str(seal) for number, seal in sealed.items()} if isinstance(sealed, dict) else {}


def sealed(seals: Mapping[int, str]) -> dict[str, Any]:
    """Return the detail that records redacted events."""
    return {SEALED: {str(number): seal for number, seal in seals.items()}}
