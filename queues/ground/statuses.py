"""Which status may follow which, and what a message does to a status."""

from __future__ import annotations

from data.errors import RuleError
from data.records.tickets import ACTIVE, Status

_WAITING = frozenset({Status.PENDING, Status.ON_HOLD, Status.SNOOZED})
DONE = frozenset({Status.SOLVED, Status.CLOSED})
"""The statuses of finished work."""
OUT_OF_WORK = DONE | {Status.SUSPENDED}
"""No one works on a ticket in one of these."""
_FROM_LIVE = frozenset({Status.OPEN}) | _WAITING | OUT_OF_WORK

_MOVES: dict[Status, frozenset[Status]] = {
    Status.NEW: _FROM_LIVE,
    Status.OPEN: _FROM_LIVE,
    Status.PENDING: _FROM_LIVE,
    Status.ON_HOLD: _FROM_LIVE,
    Status.SNOOZED: _FROM_LIVE,
    Status.SOLVED: frozenset({Status.OPEN, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.OPEN}),
    Status.SUSPENDED: _FROM_LIVE,
    Status.HISTORY: _FROM_LIVE,
}


def moves(status: Status) -> frozenset[Status]:
    """Return the statuses that an agent may set from `status`, itself not among them."""
    return _MOVES[status] - {status}


def check_move(old: Status, new: Status) -> None:
    """Raise RuleError if an agent may not move a ticket from `old` to `new`; staying put is always allowed."""
    if new == old or new in _MOVES[old]:
        return
    if new is Status.NEW:
        raise RuleError("Cannot be new again", f"The ticket is {old} already; set it to open instead.")
    allowed = " or ".join(sorted(moves(old)))
    raise RuleError("Status not allowed", f"A {old} ticket cannot become {new}; set it to {allowed} first.")


def after_incoming(status: Status) -> Status:
    """Return the status once the customer has written: new stays new, history becomes new, everything else is open."""
    return Status.NEW if status in (Status.NEW, Status.HISTORY) else Status.OPEN


def after_reply(status: Status) -> Status:
    """Return the status that a reply leaves unless the agent names one.

    Pending, because it is the customer's turn; on hold and solved stay as they are.
    """
    return status if status is Status.ON_HOLD or status in DONE else Status.PENDING


def begun(status: Status) -> Status | None:
    """Return the status once an agent has begun work on a ticket; None if that changes nothing."""
    return Status.OPEN if status is Status.NEW else None


def waits_after(waits: tuple[int, ...], status: Status, now: int) -> tuple[int, ...]:
    """Return when a ticket waited for others (see `Ticket.waits`), now that it has `status`."""
    waiting = len(waits) % 2 == 1
    return waits if waiting != (status in ACTIVE) else (*waits, now)


def reopens(old: Status, new: Status) -> bool:
    """Return whether the move from `old` to `new` reopens finished work."""
    return old in DONE and new not in DONE
