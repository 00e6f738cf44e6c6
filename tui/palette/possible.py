"""Which actions can be done now: palette and help list these first."""

from __future__ import annotations

from dataclasses import dataclass

from data.records.tickets import ACTIVE, Status
from tui.keys.actions import Action, Scope
from tui.keys.place_keys import KEYS, Place

_OF_TICKET = frozenset({"Answer", "Decide", "Select"})
"""Groups whose actions are about a ticket, apart from `_OF_DESK`."""
_OF_DESK = frozenset({"desk.undo", "desk.redo", "desk.new_mail"})
_SHOWN = frozenset({"message.quotes", "message.next", "message.previous", "ticket.reveal"})
"""What needs an open ticket."""
_ENDED = frozenset({Status.SOLVED, Status.CLOSED})


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the agent is, as far as it decides what can be done."""

    place: Place
    status: Status | None = None
    """Of the ticket that keys act on; None without a ticket."""
    open: bool = False
    """A ticket is open in this lane."""
    guided: bool = False
    """The ticket has a procedure."""
    writing: bool = False
    can_undo: bool = False
    can_return: bool = False
    lanes: frozenset[int] = frozenset()
    """The numbers of the lanes that one can go to."""


def scopes(now: Situation) -> list[Scope]:
    """Return the places whose keys apply now, the nearest first."""
    near = {Place.STEPS: Scope.STEPS, Place.COMPOSER: Scope.COMPOSER}.get(now.place)
    return [*([near] if near else []), *([Scope.COMPOSER] if now.writing and near is None else []), Scope.LIST]


def possible(action: Action, now: Situation) -> bool:
    """Return whether an action would do something now."""
    if action.scope is not Scope.LIST:
        return action.scope in scopes(now)
    name, number = action.id, action.id.removeprefix("lane.")
    if number.isdigit():
        return int(number) in now.lanes
    known = {
        "desk.undo": now.can_undo,
        "ticket.return": now.can_return,
        "procedure.step": now.guided,
        "ticket.solve": now.status is not None and now.status not in _ENDED,
        "ticket.close": now.status is not None and now.status is not Status.CLOSED,
        "ticket.reopen": now.status is not None and now.status not in ACTIVE,
    }
    if name in known:
        return known[name]
    if name in _SHOWN:
        return now.open
    about_ticket = action.group in _OF_TICKET or (name.startswith("ticket.") and name != "ticket.urgent")
    return now.status is not None or not about_ticket or name in _OF_DESK


def first_of(now: Situation) -> tuple[str, ...]:
    """Return the ids of the actions that matter most here: those of the footer."""
    return KEYS[now.place]
