"""One ticket's history: who replied when, which clocks ran out, when it was solved and reopened.

Replies are the ticket's public messages by people of the team, wherever they were sent; everything else is read from
its events.
"""

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
_FROM_ELSEWHERE = frozenset({"followed", "imported"})
"""Events that say what happened in another system, but not who did it: the assignee did."""
FIRST, NEXT, RESOLVE = "first_due", "next_due", "resolve_due"
"""The clocks, as the fields of a ticket are called."""
Written = tuple[int, str, str]
"""A reply where many are read: moment, author, macro."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One touch: a public message by a person of the team."""

    at: int
    agent: str
    macro: str
    waiting_since: int | None
    """When the oldest message that it answers came in; None if the customer was not waiting."""


@dataclass(frozen=True, slots=True)
class Solving:
    """A ticket was solved or closed."""

    at: int
    agent: str
    macro: str
    """The macro of the latest reply."""


@dataclass(frozen=True, slots=True)
class ClockEnd:
    """A clock that ran out, or that was kept."""

    clock: str
    at: int
    """When it ran out; if it was kept, when the ticket was answered or solved."""
    late: bool
    agent: str
    """Who answered or solved the ticket; the assignee if no one has."""
    macro: str = ""


@dataclass(slots=True)
class _Clock:
    """One clock of a ticket, up to the answer or solving that ends it."""

    due: int | None = None
    """None if it does not run."""
    set_at: int = 0
    late_at: int | None = None
    """When it ran out for the first time."""

    def move(self, at: int, due: int | None) -> None:
        """Set another due time at a moment."""
        self.look(at)
        self.due, self.set_at = due, at

    def look(self, at: int) -> None:
        """Notice that it has run out before this moment. A clock that is set after its time runs out when it is set."""
        if self.late_at is None and self.due is not None and self.due < at:
            self.late_at = max(self.due, self.set_at)


class _Changed(msgspec.Struct):
    """Fields of the ticket that an event changed, each before and after; others are ignored."""

    status: Any = None
    assignee: Any = None
    first_due: Any = None
    next_due: Any = None
    resolve_due: Any = None


class _Detail(msgspec.Struct):
    """The parts of an event's detail that a history uses."""

    direction: Any = Direction.IN
    kind: Any = MessageKind.MAIL
    changed: _Changed | None = None


class _Read(NamedTuple):
    """The content of a detail."""

    outgoing: bool
    """Not written by the customer."""
    heard: bool
    """Written by the customer, who waits for an answer."""
    moved: tuple[str, str] | None
    """The status before and after."""
    assignee: str | None
    dues: tuple[tuple[str, int | None], ...]
    """Each clock that was set, with its due time."""


_NOTHING = _Changed()
_decode = msgspec.json.Decoder(_Detail).decode  # five times as fast as json when most of it is not needed


@lru_cache(8192)  # most events repeat the same details
def _read(packed: str) -> _Read:
    detail = _decode(packed)
    changed = detail.changed or _NOTHING
    outgoing = detail.direction != Direction.IN
    dues = ((FIRST, changed.first_due), (NEXT, changed.next_due), (RESOLVE, changed.resolve_due))
    return _Read(
        outgoing,
        not outgoing and detail.kind in _WRITTEN,
        tuple(changed.status) if changed.status else None,
        str(changed.assignee[1]) if changed.assignee else None,
        tuple((name, values[1]) for name, values in dues if values),
    )


class History:
    """What is known about one ticket. It uses slots, because a report creates one per ticket."""

    __slots__ = (
        "_assignee", "_clocks", "created_at", "ends", "is_done", "is_open", "is_ours", "reopenings", "replies",
        "solvings", "ticket_id", "waiting_since",
    )  # fmt: skip

    def __init__(self, ticket_id: int, created_at: int) -> None:
        self.ticket_id = ticket_id
        self.created_at = created_at
        self.replies: Sequence[Reply] = ()
        self.solvings: Sequence[Solving] = ()
        self.reopenings: Sequence[int] = ()
        self.ends: Sequence[ClockEnd] = ()
        """The clocks that ran out or were kept, without those that still run."""
        self.is_ours: bool | None = None
        """Whether a message of ours opened it; None before any event."""
        self.is_open = False
        """Not solved, closed, suspended or history after the last event."""
        self.is_done = False
        """Solved or closed after the last event."""
        self.waiting_since: int | None = None
        """When the oldest message came in that no one has answered yet."""
        self._assignee = ""
        self._clocks: dict[str, _Clock] = {}

    def add(self, at: int, actor: str, kind: str, packed: str, whole: int = 1) -> None:
        """Add the next event, in chronological order; `whole` is 0 if its change of status was undone later."""
        read = _read(packed)
        if kind == "received":
            self._received(at, read)
        if read.assignee is not None:
            self._assignee = read.assignee
        if read.moved is not None and whole:
            self._moved(at, self._assignee if kind in _FROM_ELSEWHERE else actor, *read.moved)
        for name, due in read.dues:
            if name == FIRST and self.replies:
                continue  # a reply that was filed late: it had ended the clock by then
            self._clocks.setdefault(name, _Clock()).move(at, due)

    def reply(self, at: int, author: str, macro: str) -> None:
        """Add a reply, in chronological order among the events: before the event that it made.

        A message of the customer at that moment comes before both.
        """
        for clock in (FIRST, NEXT):
            self._end(clock, at, author, macro)
        self.replies = [*self.replies, Reply(at, author, macro, self.waiting_since)]
        self.waiting_since = None

    def running(self, until: int) -> list[ClockEnd]:
        """Return the clocks that ran out before `until` and that no answer or solving has ended yet."""
        results = []
        for name, clock in self._clocks.items():
            clock.look(until)
            if clock.late_at is not None:
                results.append(ClockEnd(name, clock.late_at, True, self._assignee))
        return results

    def _received(self, at: int, read: _Read) -> None:
        if self.is_ours is None:
            self.is_ours, self.is_open = read.outgoing, read.heard or read.outgoing
            wants = read.heard
        else:
            # plain thanks leave a solved ticket solved: the customer is not waiting
            wants = read.heard and (self.is_open or read.moved is not None)
        if wants and self.waiting_since is None:
            self.waiting_since = at

    def _moved(self, at: int, agent: str, old: str, new: str) -> None:
        if new in _DONE and old not in _DONE:
            macro = self.replies[-1].macro if self.replies else ""
            self.solvings = [*self.solvings, Solving(at, agent, macro)]
            self._end(RESOLVE, at, agent, macro)
        if old in _DONE and new not in _DONE:
            self.reopenings = [*self.reopenings, at]
        self.is_done = new in _DONE
        self.is_open = new not in _NOT_OPEN
        if new == Status.SUSPENDED:
            self.waiting_since = None  # spam: no one waits
        if old == Status.SUSPENDED and self.is_open and not self.replies:
            self.waiting_since = self.created_at  # accepted: the sender has been waiting since then

    def _end(self, name: str, at: int, agent: str, macro: str) -> None:
        """An answer or a solving ends a clock, if it ran or had run out."""
        clock = self._clocks.pop(name, None)
        if clock is None:
            return
        clock.look(at)
        if clock.late_at is not None:
            self.ends = [*self.ends, ClockEnd(name, clock.late_at, True, agent, macro)]
        elif clock.due is not None:
            self.ends = [*self.ends, ClockEnd(name, at, False, agent, macro)]


class Untouched(NamedTuple):
    """A ticket of which nothing is known but the message that opened it."""

    at: int
    is_open: bool
    assignee: str
    dues: tuple[tuple[str, int | None], ...]


def untouched(events: Sequence[Told], replies: Sequence[Written]) -> Untouched | None:
    """Return what is known of a ticket on which nothing was done yet; None of any other.

    On a desk where most tickets wait, most are such: they need no history.
    """
    if len(events) > 1 or replies:
        return None
    at, _, kind, packed, _ = events[0]
    read = _read(packed)
    if kind != "received" or read.moved is not None:
        return None
    return Untouched(at, read.heard or read.outgoing, read.assignee or "", read.dues)


def in_order(events: Iterable[Told], replies: Iterable[Written]) -> list[tuple[int, int, tuple[Any, ...]]]:
    """Return events and replies by time, as moment, place at that moment and content; place 1 is a reply.

    At one moment the customer's message comes first, then our reply, then what changed on the ticket.
    """
    timeline: list[tuple[int, int, tuple[Any, ...]]] = [(reply[0], 1, reply) for reply in replies]
    timeline += [(event[0], 0 if _comes_first(event[2], event[3]) else 2, event) for event in events]
    timeline.sort(key=_moment)
    return timeline


def _comes_first(kind: str, packed: str) -> bool:
    return kind == "clocks" or (kind == "received" and not _read(packed).outgoing)


def _moment(entry: tuple[int, int, tuple[Any, ...]]) -> tuple[int, int]:
    return entry[:2]


def history(ticket_id: int, created_at: int, events: Iterable[Told], replies: Iterable[Written] = ()) -> History:
    """Return the ticket's history; `events` must not include those of undone actions."""
    result = History(ticket_id, created_at)
    for _, place, content in in_order(events, replies):
        if place == 1:
            result.reply(*content)
        else:
            result.add(*content)
    return result
