"""Tickets here follow what changed there since they were last seen: status, owner, lane, tags.

Where both sides changed the same, the other side wins; what only we changed is left alone.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from data.records.tickets import Status, Ticket
from queues.connectors.base import RemoteTicket
from queues.remotes.tracker_mirror import Mirror, Seen


def follow(mirror: Mirror, remote: RemoteTicket, mover: str | None, new: Set[int]) -> str:
    """Let a ticket here be as it is there, where it is `new` here or `mover` changed it there.

    Returns a message for the agent if a claim or a status of ours that was not tried yet came second.
    """
    number = mirror.store.tickets.by_external_ref(mirror.name, remote.ref)
    if number is None or (number not in new and mover is None):
        return ""
    if number not in new and mover == mirror.system.me() and mirror.unpushed(number):
        return ""  # the echo of what we did, and the agent has gone on since
    changes = _changes(mirror, number, remote, new=number in new)
    mirror.save_seen(remote.ref, Seen.of(remote))
    messages = []
    if changes.get("assignee") and mirror.claims(number):
        messages.append(f"#{number} is {changes['assignee']}'s: {changes['assignee']} was first.")
    ticket = mirror.store.tickets.get(number)
    if ticket is not None and "status" in changes and mirror.waits(number, "status", "pushed"):
        messages.append(gave_way(ticket, changes["status"], mover or ""))
    if changes:
        assigned = remote.assigned if changes.get("assignee") else ""
        mirror.desk.follow(number, mirror.name, assigned=assigned, **changes)
    return " ".join(messages)


def gave_way(ticket: Ticket, status: Status, mover: str) -> str:
    """Return the message that a colleague's status stays and the agent's own does not: what both of them wanted."""
    first = f"{mover} set it to {status} first" if mover else f"it was set to {status} there first"
    return f"#{ticket.id} is {status}, not {ticket.status}: {first}."


def _changes(mirror: Mirror, number: int, remote: RemoteTicket, *, new: bool) -> dict[str, Any]:
    """Return what is other there than here."""
    ticket, seen = mirror.store.tickets.get(number), mirror.seen(remote.ref)
    if ticket is None:
        return {}
    status = mirror.status(remote)
    if mirror.tracker.there(ticket.status) == remote.status or (status is Status.NEW and not new):
        status = None
    owner = mirror.here(remote.owner)
    lane = mirror.lane(remote)
    known = {item.name for item in mirror.desk.rules.lanes}
    changes: dict[str, Any] = {
        "status": status if status not in (None, ticket.status) else None,
        "assignee": owner if owner != ticket.assignee else None,
        "lane": lane if lane in known and lane != ticket.lane and not new else None,
        "values": values_after(mirror, ticket, remote, seen),
        "tags": _tags(ticket, remote, seen.tags if seen else frozenset()),
    }
    theirs = {"status": "status", "assignee": "owner", "lane": "queue", "tags": "tags", "values": "values"}
    return {
        name: value
        for name, value in changes.items()
        if value is not None and (seen is None or getattr(seen, theirs[name]) != getattr(remote, theirs[name]))
    }


def values_after(mirror: Mirror, ticket: Ticket, remote: RemoteTicket, seen: Seen | None) -> dict[str, str] | None:
    """Return our custom fields with what was changed there since they were last seen; None if nothing was.

    A value that a field here does not take stays there.
    """
    known = seen.values if seen else {}
    values = dict(ticket.fields)
    for field in mirror.desk.rules.fields:
        name = field.name_there
        there = remote.values.get(name, "")
        if there == known.get(name, ""):
            continue
        value = mirror.value_here(field, there)
        if value is not None:
            values[field.name] = value
    values = {name: values[name] for name in sorted(values) if values[name]}
    return values if values != dict(ticket.fields) else None


def _tags(ticket: Ticket, remote: RemoteTicket, seen: Set[str]) -> tuple[str, ...] | None:
    """Return our tags with what was added and removed there since they were last seen; None if nothing was."""
    kept = [tag for tag in ticket.tags if tag not in seen - remote.tags]
    tags = tuple(dict.fromkeys((*kept, *sorted(remote.tags - seen))))
    return tags if set(tags) != set(ticket.tags) else None
