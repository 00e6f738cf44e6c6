"""One ticket's life told by its events: who wrote when, what was late, when it was solved and opened again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.records import Direction, MessageKind, Status
from data.tables.events import Told

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

    def add(self, at: int, actor: str, kind: str, detail: Mapping[str, Any]) -> None:
        """Take the next event in, in the order of time."""
        changed: Mapping[str, Any] = detail.get("changed") or {}
        if kind == "received":
            self._received(at, detail, changed)
        elif kind == "reply":
            self._replied(at, actor, str(detail.get("macro", "")), changed)
        if "status" in changed:
            self._moved(at, actor, changed)

    def _received(self, at: int, detail: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
        ours = detail.get("direction", Direction.IN) != Direction.IN
        heard = not ours and detail.get("kind", MessageKind.MAIL) in _WRITTEN
        if self.created_at is None:
            self.created_at, self.is_open = at, heard or ours
            wants = heard
        else:
            # plain thanks leave a solved ticket as it is: nobody waits
            wants = heard and (self.is_open or "status" in changed)
        if wants and self.waiting_since is None:
            self.waiting_since = at
        elif ours:
            self.waiting_since = None

    def _replied(self, at: int, agent: str, macro: str, changed: Mapping[str, Any]) -> None:
        clock = changed.get("first_due") or changed.get("next_due") or [None]
        self.replies.append(Reply(at, agent, macro, self.waiting_since, clock[0]))
        self.waiting_since = None

    def _moved(self, at: int, actor: str, changed: Mapping[str, Any]) -> None:
        old, new = changed["status"]
        if new == Status.SOLVED:
            due = (changed.get("resolve_due") or [None])[0]
            macro = self.replies[-1].macro if self.replies else ""
            self.solvings.append(Solving(at, actor, due, len(self.replies), macro))
        if old in _DONE and new not in _DONE:
            self.reopenings.append(at)
        self.is_open = new not in _DONE


def history(ticket_id: int, told: Iterable[Told]) -> History:
    """Return the life that is told; events of actions that were taken back must not be among them."""
    found = History(ticket_id)
    for at, _, actor, kind, detail in told:
        found.add(at, actor, kind, detail)
    return found
