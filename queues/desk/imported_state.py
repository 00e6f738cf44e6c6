"""Restores a ticket's state in the tool it was exported from, once its messages are filed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.errors import RuleError
from data.records.incoming import Imported, Standing
from data.records.tickets import Priority, Status, Ticket
from data.safe_text import shortened
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.lane_moves import lane_after
from queues.desk.ticket_fields import changed_fields, with_clocks, write_fields
from queues.ground import statuses
from queues.ground.field_values import defined, parse
from queues.routing.rules import is_harm

IMPORT = "import"
"""The agent named in events of imported tickets."""
_NOBODY = frozenset({"intake", "clock", IMPORT})
"""Names in events that are not agents."""


def stand(
    store: Store, rules: DeskRules, ticket: Ticket, standing: Standing, imported: Imported, action: int, now: int
) -> None:
    """Write the exported state; a ticket that an agent has worked on here since keeps its own."""
    values, refused = _values(rules, standing)
    store.imported.save(ticket.id, replace(imported, extra={**imported.extra, **refused}))
    if any(event.actor not in _NOBODY for event in store.events.of(ticket.id)):
        return
    fields = _fields(ticket, standing, now) | {"fields": {**ticket.fields, **values}}
    at = min(now, max(fields["updated_at"], ticket.created_at))
    fields |= lane_after(store, rules, ticket, fields)
    fields = with_clocks(store, rules, ticket, fields, at)
    write_fields(store, ticket, fields)
    detail = {"tool": imported.tool, "ref": imported.ref, "changed": changed_fields(ticket, fields)}
    store.events.add(action, ticket.id, fields["solved_at"] or at, IMPORT, "imported", detail)


def _fields(ticket: Ticket, standing: Standing, now: int) -> dict[str, Any]:
    status = standing.status or ticket.status
    until = standing.snoozed_until
    asleep = until is not None and until > now and status not in statuses.DONE
    if asleep:
        status = Status.SNOOZED
    elif status is Status.SNOOZED:
        status = Status.PENDING if until is None else Status.OPEN
    updated = min(now, standing.updated_at or ticket.updated_at)
    return {
        "status": status,
        "snoozed_until": until if asleep else None,
        "solved_at": min(now, standing.solved_at or updated) if status in statuses.DONE else None,
        "priority": _priority(ticket, standing),
        "assignee": shortened(standing.assignee) or ticket.assignee,
        "tags": tuple(dict.fromkeys((*ticket.tags, *standing.tags))),
        "subject": shortened(standing.subject) or ticket.subject,
        "created_at": min(ticket.created_at, standing.created_at or ticket.created_at),
        "updated_at": updated,
    }


def _values(rules: DeskRules, standing: Standing) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values for custom fields, and those that the desk does not take, by their names there."""
    values: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name, written in standing.fields.items():
        try:
            field = defined(rules.fields, name)
            if value := parse(field, written, exact=True):
                values[field.name] = value
        except RuleError:
            refused[f"field.{name}"] = written
    return values, refused


def _priority(ticket: Ticket, standing: Standing) -> Priority:
    """Return the priority there; a ticket about harm keeps the higher one of both."""
    there = standing.priority or ticket.priority
    if not is_harm(ticket.severity, ticket.tags):
        return there
    return max(there, ticket.priority, key=tuple(Priority).index)
