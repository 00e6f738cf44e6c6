"""Tickets here follow how they stand there: status, owner, lane, tags. The other side's word stands."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from data.records import Status, Ticket
from queues.connectors.base import RemoteTicket
from queues.remotes.tracker_mirror import Mirror


def follow(mirror: Mirror, remote: RemoteTicket, mover: str | None, new: Set[int]) -> None:
    """Let a ticket here be as it is there, where it is `new` here or `mover` changed it there."""
    number = mirror.store.tickets.by_external_ref(mirror.name, remote.ref)
    if number is None or (number not in new and mover is None):
        return
    if number not in new and mover == mirror.system.me() and mirror.unpushed(number):
        return  # the echo of what we did, and the agent has gone on since
    changes = _changes(mirror, number, remote, new=number in new)
    mirror.put_tags_there(remote.ref, remote.tags)
    if changes:
        mirror.desk.follow(number, mirror.name, **changes)


def _changes(mirror: Mirror, number: int, remote: RemoteTicket, *, new: bool) -> dict[str, Any]:
    """Return what is other there than here."""
    ticket = mirror.store.tickets.get(number)
    if ticket is None:
        return {}
    status = mirror.status(remote)
    if mirror.tracker.there(ticket.status) == remote.status or (status is Status.NEW and not new):
        status = None
    owner = mirror.here(remote.owner)
    lane = mirror.tracker.queues.get(remote.queue, "")
    known = {one.name for one in mirror.desk.rules.lanes}
    changes: dict[str, Any] = {
        "status": status if status not in (None, ticket.status) else None,
        "assignee": owner if owner != ticket.assignee else None,
        "lane": lane if lane in known and lane != ticket.lane and not new else None,
        "tags": _tags(mirror, ticket, remote),
    }
    return {name: value for name, value in changes.items() if value is not None}


def _tags(mirror: Mirror, ticket: Ticket, remote: RemoteTicket) -> tuple[str, ...] | None:
    """Return our tags with what was added and removed there since they were last seen; None where nothing was."""
    seen = mirror.tags_there(remote.ref)
    kept = [tag for tag in ticket.tags if tag not in seen - remote.tags]
    tags = tuple(dict.fromkeys((*kept, *sorted(remote.tags - seen))))
    return tags if set(tags) != set(ticket.tags) else None
