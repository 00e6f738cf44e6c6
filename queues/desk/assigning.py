"""Waiting tickets that no one has, on their way to the agents of the settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from data.records.changes import Event
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.ticket_fields import changed_fields, write_fields
from queues.ground.presence import present
from queues.next_up.fair_share import LATELY, Assignment, Loads, assign
from queues.shifts import shift

ASSIGNER = "assigner"
"""The actor of assignments."""
ASSIGNED = "assigned"
"""The part of an event's detail that says why it was assigned."""
AT_ONCE = 200
"""Tickets that are looked at in one round."""
AWAY_SECONDS = 6 * 3600
"""After this long without an action an agent's shift counts as over."""


def waiting(store: Store, now: int) -> Iterator[Ticket]:
    """Yield the active tickets that no one has, the most urgent first; what someone is at, or gave up, is left out."""
    held, at = store.escalations.held(now), present(store, now)
    for number in store.tickets.free(AT_ONCE):
        ticket = store.tickets.get(number)
        if ticket is None or number in held or number in at or store.drafts.get(number) is not None:
            continue
        if not _given_up(store.events.of(number)):
            yield ticket


def carry_out(store: Store, rules: DeskRules, now: int) -> list[Assignment]:
    """Assign this file's own tickets to the agents whose shift is running; inside a transaction."""
    names = [agent.name for agent in rules.assigning.agents]
    available = [name for name in names if _works(store, name, now)]
    own = (ticket for ticket in waiting(store, now) if not _is_elsewhere(store, ticket))
    done = assign(own, rules.assigning, available, loads(store, now)) if available else []
    if not done:
        return []
    action = store.actions.begin(ASSIGNER, now)
    for assignment in done:
        ticket = store.tickets.get(assignment.ticket_id)
        assert ticket is not None
        fields = {"assignee": assignment.agent, "updated_at": now}
        write_fields(store, ticket, fields)
        detail = {"changed": changed_fields(ticket, fields), ASSIGNED: assignment.why}
        store.events.add(action, ticket.id, now, ASSIGNER, "change", detail)
    return done


def loads(store: Store, now: int) -> Loads:
    """Return what each agent has in hand here, and what they were given in the last day."""
    given = Counter(
        event.detail["changed"]["assignee"][1]
        for event in store.events.in_period(["change"], now - LATELY, now + 1)
        if event.actor == ASSIGNER and ASSIGNED in event.detail
    )
    return Loads.of(store.tickets.loads(), given)


def why_assigned(store: Store, ticket_id: int, names: Iterable[str]) -> str:
    """Return why a ticket was assigned to an agent; empty where it was not, or has changed hands since."""
    last = _last_change(store.events.of(ticket_id))
    if last is None or last.detail["changed"]["assignee"][1] not in set(names):
        return ""
    return str(last.detail.get(ASSIGNED, ""))


def _given_up(events: Sequence[Event]) -> bool:
    """Return whether an agent here took the ticket from everyone's hands: it is not for the rules to give it again."""
    last = _last_change(events)
    return last is not None and not last.detail["changed"]["assignee"][1] and last.kind in ("change", "reply", "note")


def _last_change(events: Sequence[Event]) -> Event | None:
    """Return the newest event by which a ticket changed hands."""
    return next((event for event in reversed(events) if "assignee" in (event.detail.get("changed") or {})), None)


def _works(store: Store, agent: str, now: int) -> bool:
    going = shift.going_on(store, agent)
    return going is not None and not shift.is_over(store, going, now, AWAY_SECONDS)


def _is_elsewhere(store: Store, ticket: Ticket) -> bool:
    """Return whether another system has the ticket too: there it is decided whose it is."""
    return bool(ticket.external_ref) or store.shared.is_shared(ticket.id)
