"""One ticket's history, built from its events: who wrote when, what was late, when it was solved and reopened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from data.records.messages import Direction, MessageKind
from data.records.tickets import Status
from data.tables.events import Told

_DONE = frozenset({Status.SOLVED, Status.CLOSED})
_NOT_OPEN = _DONE | {Status.SUSPENDED, Status.HISTORY}
_UNHEARD = {MessageKind.AUTO, MessageKind.BOUNCE, MessageKind.SPAM, MessageKind.RATING}
_WRITTEN = frozenset({str(kind) for kind in MessageKind} - _UNHEARD)
"""Kinds of incoming messages that someone waits for an answer to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One touch: an agent's reply."""

    at: int
    agent: str
    macro: str
    waiting_since: int | None
    """When the oldest message that it answers came in; None if the customer was not waiting."""
    due_at: int | None
    """The clock of a first or next reply that ran until then."""


@dataclass(frozen=True, slots=True)
class Solving:
    """A ticket was marked as solved."""

    at: int
    agent: str
    due_at: int | None
    """The resolution clock that ran until then."""
    replies: int
    """How many replies came before it, or with it."""
    macro: str
    """The macro of the latest reply."""


class _Changed(msgspec.Struct):
    """Fields of the ticket that an event changed, each before and after; others are ignored."""

    status: Any = None
    first_due: Any = None
    next_due: Any = None
    resolve_due: Any = None


class _Detail(msgspec.Struct):
    """The parts of an event's detail that a history uses."""

    direction: Any = Direction.IN
    kind: Any = MessageKind.MAIL
    macro: Any = ""
    changed: _Changed | None = None


class _Read(NamedTuple):
    """The content of a detail."""

    outgoing: bool
    """Not written by the customer."""
    heard: bool
    """Written by the customer, who waits for an answer."""
    moved: tuple[str, str] | None
    """The status before and after."""
    reply_due: int | None
    resolve_due: int | None
    macro: str


_NOTHING = _Changed()
_decode = msgspec.json.Decoder(_Detail).decode  # five times as fast as json when most of it is not needed


@lru_cache(8192)  # most events repeat the same details
def _read(packed: str) -> _Read:
    detail = _decode(packed)
    changed = detail.changed or _NOTHING
    outgoing = detail.direction != Direction.IN
    return _Read(
        outgoing,
        not outgoing and detail.kind in _WRITTEN,
        tuple(changed.status) if changed.status else None,
        (changed.first_due or changed.next_due or (None,))[0],
        (changed.resolve_due or (None,))[0],
        str(detail.macro),
    )


class History:
    """What the events say about one ticket. It uses slots, because a report creates one per ticket."""

    __slots__ = ("created_at", "is_open", "reopenings", "replies", "solvings", "ticket_id", "waiting_since")

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.created_at: int | None = None
        self.replies: Sequence[Reply] = ()
        self.solvings: Sequence[Solving] = ()
        self.reopenings: Sequence[int] = ()
        self.is_open = False
        """Not solved, closed, suspended or history after the last event."""
        self.waiting_since: int | None = None
        """When the oldest message came in that no one has answered yet."""

    def add(self, at: int, actor: str, kind: str, packed: str) -> None:
        """Add the next event; events come in chronological order."""
        read = _read(packed)
        if kind == "received":
            self._received(at, read)
        elif kind == "reply":
            self.replies = [*self.replies, Reply(at, actor, read.macro, self.waiting_since, read.reply_due)]
            self.waiting_since = None
        if read.moved is not None:
            self._moved(at, actor, *read.moved, read.resolve_due)

    def _received(self, at: int, read: _Read) -> None:
        if self.created_at is None:
            self.created_at, self.is_open = at, read.heard or read.outgoing
            wants = read.heard
        else:
            # plain thanks leave a solved ticket solved: the customer is not waiting
            wants = read.heard and (self.is_open or read.moved is not None)
        if wants and self.waiting_since is None:
            self.waiting_since = at
        elif read.outgoing:
            self.waiting_since = None

    def _moved(self, at: int, actor: str, old: str, new: str, due: int | None) -> None:
        if new == Status.SOLVED:
            macro = self.replies[-1].macro if self.replies else ""
            self.solvings = [*self.solvings, Solving(at, actor, due, len(self.replies), macro)]
        if old in _DONE and new not in _DONE:
            self.reopenings = [*self.reopenings, at]
        self.is_open = new not in _NOT_OPEN
        if old == Status.HISTORY and self.created_at is None:
            self.created_at = at  # an agent opened it: until then it was not work
        if new == Status.SUSPENDED:
            self.waiting_since = None  # spam: no one waits
        if old == Status.SUSPENDED and self.is_open and self.waiting_since is None:
            self.waiting_since = at  # accepted: from now on someone is waiting


def history(ticket_id: int, events: Iterable[Told]) -> History:
    """Return the ticket's history; `events` must not include those of undone actions."""
    result = History(ticket_id)
    for item in events:
        result.add(*item)
    return result
