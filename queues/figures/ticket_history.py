"""One ticket's life told by its events: who wrote when, what was late, when it was solved and opened again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.records import Direction, Event, MessageKind, Status

_DONE = frozenset({Status.SOLVED, Status.CLOSED})
_WRITTEN = frozenset({str(kind) for kind in MessageKind} - {MessageKind.AUTO, MessageKind.BOUNCE, MessageKind.SPAM})
"""Kinds of incoming messages that somebody waits for an answer to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One touch: an agent's reply."""

    at: int
    agent: str
    macro: str
    waiting_since: int | None
    """When the oldest message that it answers came in; None where the customer was not waiting."""
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


@dataclass(slots=True)
class History:
    """What the events tell of one ticket."""

    ticket_id: int
    created_at: int | None = None
    replies: list[Reply] = field(default_factory=list)
    solvings: list[Solving] = field(default_factory=list)
    reopenings: list[int] = field(default_factory=list)
    is_open: bool = False
    """Not solved or closed after the last event."""
    waiting_since: int | None = None
    """When the oldest message came in that nobody has answered yet."""

    def add(self, event: Event) -> None:
        """Take the next event in, in the order of time."""
        changed: Mapping[str, Any] = event.detail.get("changed") or {}
        if event.kind == "received":
            self._received(event, changed)
        elif event.kind == "reply":
            self._replied(event, changed)
        if "status" in changed:
            self._moved(event, changed)

    def _received(self, event: Event, changed: Mapping[str, Any]) -> None:
        detail = event.detail
        ours = detail.get("direction", Direction.IN) != Direction.IN
        heard = not ours and detail.get("kind", MessageKind.MAIL) in _WRITTEN
        if self.created_at is None:
            self.created_at, self.is_open = event.at, heard or ours
            wants = heard
        else:
            # plain thanks leave a solved ticket as it is: nobody waits
            wants = heard and (self.is_open or "status" in changed)
        if wants and self.waiting_since is None:
            self.waiting_since = event.at
        elif ours:
            self.waiting_since = None

    def _replied(self, event: Event, changed: Mapping[str, Any]) -> None:
        clock = changed.get("first_due") or changed.get("next_due") or [None]
        reply = Reply(event.at, event.actor, str(event.detail.get("macro", "")), self.waiting_since, clock[0])
        self.replies.append(reply)
        self.waiting_since = None

    def _moved(self, event: Event, changed: Mapping[str, Any]) -> None:
        old, new = changed["status"]
        if new == Status.SOLVED:
            due = (changed.get("resolve_due") or [None])[0]
            macro = self.replies[-1].macro if self.replies else ""
            self.solvings.append(Solving(event.at, event.actor, due, len(self.replies), macro))
        if old in _DONE and new not in _DONE:
            self.reopenings.append(event.at)
        self.is_open = new not in _DONE


def history(ticket_id: int, events: Iterable[Event]) -> History:
    """Return the life that the events tell; those of actions that were taken back must not be among them."""
    found = History(ticket_id)
    # an import files old mails in the order of the file, so the order of time is not that of the numbers
    for event in sorted(events, key=lambda one: (one.at, one.id)):
        found.add(event)
    return found
