"""Notes, statuses and tags of ours on their way into a ticketing system, once their undo window is over."""

from __future__ import annotations

from dataclasses import replace

from data.records.tickets import Ticket
from queues.connectors.base import Annotating, Capability, KeepingFields, Moving
from queues.connectors.web import StaleError
from queues.remotes import team_handovers
from queues.remotes.tracker_fetching import Fetching
from queues.remotes.tracker_following import gave_way, values_after
from queues.remotes.tracker_mirror import Mirror, Seen
from queues.remotes.tracker_sent import SentByUs


class Pushing:
    """Writes there what was done here and is not a reply."""

    def __init__(self, mirror: Mirror, sent_by_us: SentByUs, fetching: Fetching) -> None:
        self._mirror, self._sent_by_us, self._fetching = mirror, sent_by_us, fetching
        self._not_there: frozenset[str] = frozenset()

    def waits(self) -> bool:
        """Return whether something's undo window is over."""
        mirror = self._mirror
        return mirror.store.events.newest() > mirror.mark("pushed") and bool(mirror.ripe("pushed"))

    def push(self) -> None:
        """Write notes, statuses and tags there."""
        mirror = self._mirror
        while ripe := mirror.ripe("pushed"):
            busy = {entry.ticket_id for entry in mirror.store.outbox.waiting() if entry.connector == mirror.name}
            for ticket_id in dict.fromkeys(ticket_id for _, ticket_id, _ in ripe):
                ticket = mirror.ticket(ticket_id)
                if ticket is not None:
                    mirror.or_told(ticket, self._push_ticket, ticket_id not in busy)
            with mirror.store.write(bulk=True):
                mirror.save_mark("pushed", ripe[-1][0])

    def _push_ticket(self, ticket: Ticket, status: bool) -> None:
        can = self._mirror.system.capabilities
        if Capability.NOTE in can:
            self._mirror.or_told(ticket, self._push_notes)
        if Capability.TAGS in can:
            self._push_tags(ticket)
        if isinstance(self._mirror.system, KeepingFields):
            self._push_fields(ticket, self._mirror.system)
        if isinstance(self._mirror.system, Moving):
            self._push_lane(ticket, self._mirror.system)
        if status:  # a reply that waits takes its status along
            self._push_status(ticket)

    def _push_notes(self, ticket: Ticket) -> None:
        mirror, messages = self._mirror, self._mirror.store.messages
        notes = messages.unsent_notes(ticket.id)
        if notes:
            self._fetching.look(ticket.external_ref)  # a note of ours that arrived before a cut is known from then on
        for note in notes:
            if not messages.is_outside(note.id):
                mark = f"{self._sent_by_us.prefix()}{note.id}"
                about, ref = team_handovers.about(mirror, note.id), ticket.external_ref
                if about and isinstance(mirror.system, Annotating):
                    number = mirror.system.comment_about(ref, note.text, mark, about)
                else:
                    number = mirror.system.comment(ref, note.text, mark)
                self._sent_by_us.sent(note.id, number)

    def _push_tags(self, ticket: Ticket) -> None:
        """Add and remove there the tags added and removed here; tags that it cannot have stay here, reported once."""
        mirror, ref = self._mirror, ticket.external_ref
        seen, tags = mirror.seen(ref) or Seen(), frozenset(ticket.tags)
        add, remove = tags - seen.tags - self._not_there, seen.tags - tags
        if not add and not remove:
            return
        remote = mirror.system.set_tags(ref, add, remove)
        mirror.did(ref, tags=(seen.tags | (add & remote.tags)) - (remove - remote.tags))
        missing = add - remote.tags
        self._not_there |= missing
        if missing:
            named = ", ".join(sorted(missing))
            mirror.tell(f"{mirror.tracker.name} does not have the tags {named}: they stay here.")

    def _push_fields(self, ticket: Ticket, system: KeepingFields) -> None:
        """Set there the custom fields set here; one that a colleague changed first stays as it is there."""
        mirror, ref = self._mirror, ticket.external_ref
        seen = mirror.seen(ref) or Seen()
        wanted = self._other_values(ticket, seen)
        if not wanted:
            return
        try:
            remote = system.set_fields(ref, wanted, seen.version)
        except StaleError:
            remote = mirror.system.ticket(ref)
            values = values_after(mirror, ticket, remote, seen)
            if values is not None:
                mirror.desk.follow(ticket.id, mirror.name, values=values)
                mirror.tell(f"#{ticket.id}: a field was changed in {mirror.tracker.name} first; that value stays.")
                ticket = replace(ticket, fields=values)
            if wanted := self._other_values(ticket, Seen.of(remote)):
                remote = system.set_fields(ref, wanted, remote.version)
        mirror.did(ref, values=dict(remote.values))
        missing = sorted(name for name, value in wanted.items() if value and not remote.values.get(name))
        self._not_there |= frozenset(missing)
        if missing:
            mirror.tell(f"{mirror.tracker.name} does not take the fields {', '.join(missing)}: they stay here.")

    def _other_values(self, ticket: Ticket, seen: Seen) -> dict[str, str]:
        """Return the values of custom fields that differ from those there, by their names there."""
        values: dict[str, str] = {}
        for field in self._mirror.desk.rules.fields:
            own, name = ticket.fields.get(field.name, ""), field.name_there
            if own != (self._mirror.value_here(field, seen.values.get(name, "")) or "") and name not in self._not_there:
                values[name] = own
        return values

    def _push_lane(self, ticket: Ticket, system: Moving) -> None:
        """Move a ticket there that was moved here, unless someone else has moved it since."""
        mirror, ref = self._mirror, ticket.external_ref
        seen = mirror.seen(ref) or Seen()
        if not ticket.lane or ticket.lane == seen.queue or not mirror.waits(ticket.id, "lane", "pushed"):
            return
        try:
            remote = system.set_queue(ref, ticket.lane, seen.version)
        except StaleError:
            remote = mirror.system.ticket(ref)
            lane = mirror.lane(remote)
            if lane and lane != ticket.lane:
                mirror.desk.follow(ticket.id, mirror.name, lane=lane)
                mirror.tell(f"#{ticket.id} is in {lane}, not {ticket.lane}: it was moved there first.")
        mirror.did(ref, queue=remote.queue)

    def _push_status(self, ticket: Ticket) -> None:
        mirror = self._mirror
        if not mirror.tracker.there(ticket.status):
            return
        wanted = mirror.wanted(ticket, mirror.system.ticket(ticket.external_ref))
        if not wanted:
            return
        seen = mirror.seen(ticket.external_ref) or Seen()
        try:
            remote = mirror.system.set_status(ticket.external_ref, wanted, seen.version)
        except StaleError:
            self._give_way(ticket)
            return
        mirror.did(ticket.external_ref, status=remote.status)
        if remote.status != wanted:
            mirror.tell(f"#{ticket.id} stays {remote.status} in {mirror.tracker.name}: it does not take {wanted}.")

    def _give_way(self, ticket: Ticket) -> None:
        """Let the ticket have the status that someone else gave it there; ours stays in its history."""
        mirror = self._mirror
        remote = mirror.system.ticket(ticket.external_ref)
        status = mirror.status(remote)
        mirror.did(ticket.external_ref, status=remote.status)
        if status is not None and status is not ticket.status:
            mirror.desk.follow(ticket.id, mirror.name, status=status)
            mirror.tell(gave_way(ticket, status, ""))
