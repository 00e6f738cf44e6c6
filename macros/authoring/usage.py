"""How macros are used, from the record of what was done: how often, when last, changed or not, and what they solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from data.macro_names import separate
from data.records.changes import Event
from data.records.tickets import Status, Ticket

_DONE = frozenset({Status.SOLVED, Status.CLOSED})


@dataclass(slots=True)
class MacroUse:
    """The outcomes of one macro's uses in a period."""

    macro: str
    uses: int = 0
    """Replies that were not undone."""
    undone: int = 0
    """Replies that were recalled."""
    edited: int = 0
    unedited: int = 0
    """For the others it is unknown whether their text was edited."""
    first_touch: int = 0
    """Tickets that this reply alone solved, and that no one reopened."""
    last_used: int = 0
    """Unix seconds."""
    languages: Counter[str] = field(default_factory=Counter)


def uses(
    events: Iterable[Event], ticket: Callable[[int], Ticket | None], since: int, names: Iterable[str] = ()
) -> list[MacroUse]:
    """Return the use of each macro since a moment, most used first; `names` come even where they were not used."""
    replies: dict[int, list[Event]] = {}
    undone: set[int] = set()
    for event in events:
        if event.kind == "reply" and event.detail.get("macro") and event.at >= since:
            replies.setdefault(event.action, []).append(event)
        elif event.kind == "undo" and not event.detail.get("rest"):
            undone.add(_number(event.detail.get("action")))
        elif event.kind == "redo":
            undone.discard(_number(event.detail.get("action")))
    macro_uses = {name: MacroUse(name) for name in names}
    for action, those in replies.items():
        for event in those:
            for name in separate(str(event.detail["macro"])):
                _count(macro_uses.setdefault(name, MacroUse(name)), event, action in undone, ticket)
    return sorted(macro_uses.values(), key=lambda use: (-use.uses, -use.undone, use.macro))


def _count(use: MacroUse, event: Event, undone: bool, ticket: Callable[[int], Ticket | None]) -> None:
    if undone:
        use.undone += 1
        return
    use.uses += 1
    use.last_used = max(use.last_used, event.at)
    use.languages[str(event.detail.get("reply_language") or "und")] += 1
    edited = event.detail.get("edited")
    use.edited += edited is True
    use.unedited += edited is False
    answered = ticket(event.ticket_id)
    alone = answered is not None and answered.touches == 1 and answered.reopens == 0
    use.first_touch += bool(alone and answered and answered.status in _DONE)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
