"""Recalculates the clocks of every running ticket after changes of policies, calendars or targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.ticket_fields import clocks, write_fields

CLOCK = "clock"
"""The agent named in events caused by time."""
_BATCH = 500
_RUNNING = frozenset(Status) - {Status.SOLVED, Status.CLOSED, Status.HISTORY}
_DUES = ("first_due", "next_due", "resolve_due")


@dataclass(frozen=True, slots=True)
class Reclocked:
    """The effect of new policies on running tickets."""

    tickets: int = 0
    """Looked at."""
    changed: int = 0
    late_before: int = 0
    """Overdue under the old targets."""
    late_after: int = 0


def reclock(store: Store, rules: DeskRules, now: int, *, dry_run: bool) -> Reclocked:
    """Recalculate every running ticket's clocks and, unless `dry_run`, write those that differ, with an event.

    Run inside a transaction. This is not an agent's action: the old policies restore the old clocks.
    """
    tickets = changed = before = after = 0
    action = None if dry_run else store.actions.begin(CLOCK, now)
    for ticket in _running(store):
        running = clocks(store, rules, ticket, now)
        dues = {name: running[name] for name in _DUES}
        tickets += 1
        before += _is_late(ticket.due_at, now)
        after += _is_late(min((due for due in dues.values() if due is not None), default=None), now)
        steps = {name: [getattr(ticket, name), due] for name, due in dues.items() if getattr(ticket, name) != due}
        changed += bool(steps)
        if steps and action is not None:
            write_fields(store, ticket, dues)
            store.events.add(action, ticket.id, now, CLOCK, "clocks", {"changed": steps})
    return Reclocked(tickets, changed, before, after)


def _running(store: Store) -> Iterator[Ticket]:
    """Yield by number, read in batches, so that writes in between do not disturb the reading."""
    start = 0
    while batch := list(store.tickets.each(start=start, limit=_BATCH)):
        yield from (ticket for ticket in batch if ticket.status in _RUNNING)
        start = batch[-1].id + 1


def _is_late(due: int | None, now: int) -> bool:
    return due is not None and due < now
