"""What an agent did at this desk, as opposed to incoming mail, changes of a remote, or the clock."""

from __future__ import annotations

from collections.abc import Sequence

from data.records.changes import Event
from queues.desk.imported_state import IMPORT
from queues.desk.recalculate import CLOCK
from queues.desk.recognisers.arrival import INTAKE
from queues.desk.route_again import FOLLOWED

_BY_ITSELF = frozenset({INTAKE, CLOCK, IMPORT})


def by_agent(event: Event) -> bool:
    """Return whether an agent changed the ticket with this event, or took a change back or did it again."""
    if event.kind == FOLLOWED or event.actor in _BY_ITSELF:
        return False
    return "changed" in event.detail or "action" in event.detail


def changed_hands(event: Event) -> bool:
    """Return whether an agent took, assigned or released the ticket with this event, or may have by undo or redo."""
    return by_agent(event) and ("action" in event.detail or "assignee" in _changed(event))


def status_by_agent(events: Sequence[Event]) -> bool:
    """Return whether the latest change of status among a ticket's events, oldest first, was an agent's."""
    for event in reversed(events):
        if "status" in _changed(event) or (by_agent(event) and "action" in event.detail):
            return by_agent(event)
    return False


def _changed(event: Event) -> dict[str, object]:
    changed = event.detail.get("changed")
    return dict(changed) if isinstance(changed, dict) else {}
