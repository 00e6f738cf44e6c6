"""Writes a ticket's owner to the system at once: the first agent gets it, a second one learns who that was."""

from __future__ import annotations

from data.errors import RefusedError
from data.records.tickets import Ticket
from queues.remotes.tracker_mirror import Mirror


def claim_all(mirror: Mirror) -> None:
    """Tell the system whose the tickets are that changed hands here."""
    while ripe := mirror.ripe("claimed", wait=-1):
        for _, ticket_id, detail in ripe:
            changed = detail.get("changed")
            before = changed.get("assignee") if isinstance(changed, dict) else None
            ticket = mirror.ticket(ticket_id)
            if ticket is not None and (before or "action" in detail):
                # what is undone or redone was ours, or unassigned
                mirror.or_told(ticket, lambda *given: _claim(mirror, *given),
                               str(before[0]) if before else mirror.desk.agent)  # fmt: skip
        with mirror.store.write(bulk=True):
            mirror.save_mark("claimed", ripe[-1][0])


def _claim(mirror: Mirror, ticket: Ticket, before: str) -> None:
    """Give the ticket there the owner it has here, unless someone other than `before` has it."""
    ref, wanted = ticket.external_ref, ticket.assignee
    remote = mirror.system.ticket(ref)
    owner = mirror.here(remote.owner)
    if owner == wanted:
        return
    if owner in (before, ""):
        try:
            if wanted == mirror.desk.agent:
                remote = mirror.system.take(ref, remote.owner)
            else:
                remote = mirror.system.give(ref, mirror.there(wanted), remote.owner)
        except RefusedError:  # it is whose it was; why is reported
            mirror.desk.follow(ticket.id, mirror.name, assignee=owner)
            raise
        mirror.did(ref, owner=remote.owner)
    now = mirror.here(remote.owner)
    if now != wanted:
        mirror.desk.follow(ticket.id, mirror.name, assignee=now)
        mirror.tell(f"#{ticket.id} is {now}'s: {now} was first." if now else f"#{ticket.id} stays unassigned there.")
