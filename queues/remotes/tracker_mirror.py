"""What every part of keeping a ticketing system and its desk in step shares: the two sides, marks, and who is who."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from data.errors import RefusedError, RuleError
from data.protocols import Clock
from data.records.custom_fields import CustomField
from data.records.tickets import Status, Ticket
from queues.accounts.kinds import kind_named
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import Happened, RemoteTicket, TicketSystem
from queues.desk.desk import Desk
from queues.desk.recognisers.arrival import INTAKE
from queues.ground.field_values import parse
from queues.remotes.links import Link, LinkState, save_link

Tell = Callable[[str], object]
"""Takes a sentence for the agent."""
Paced = Callable[[str, Link], object]
_EVENTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """How a ticket stood there: what changed since is what the other side did."""

    status: str = ""
    owner: str = ""
    queue: str = ""
    tags: frozenset[str] = frozenset()
    version: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, remote: RemoteTicket) -> Seen:
        """Return a ticket's state now."""
        return cls(remote.status, remote.owner, remote.queue, remote.tags, remote.version, remote.values)


class Mirror:
    """One ticketing system and its desk, in one thread."""

    def __init__(self, desk: Desk, system: TicketSystem, tracker: Tracker, clock: Clock, tell: Tell) -> None:
        self.desk, self.system, self.tracker, self.clock, self.tell = desk, system, tracker, clock, tell
        self.store, self.name = desk.store, tracker.connector
        self.paced: Paced = lambda name, link: None
        """Called with the state of the connection whenever that is written."""

    # How far each direction has come

    def mark(self, name: str) -> int:
        """Return how far something was done: `claimed`, `pushed`."""
        return int(self.store.settings.get(f"{name}.{self.name}") or 0)

    def save_mark(self, name: str, value: int) -> None:
        """Remember how far; call it inside the transaction that it belongs to."""
        self.store.settings.save(f"{name}.{self.name}", value)

    def cursor(self) -> str:
        """Return how far the system was read."""
        return str(self.store.settings.get(f"mark.{self.name}") or "")

    def save_cursor(self, cursor: str) -> None:
        """Remember how far the system was read; call it inside the transaction that it belongs to."""
        self.store.settings.save(f"mark.{self.name}", cursor)

    def seen(self, ref: str) -> Seen | None:
        """Return how a ticket was last seen there."""
        result = self.store.settings.get(f"seen.{self.name}/{ref}")
        if not result:
            return None
        status, owner, queue, tags, *more = result
        # files of earlier versions have less
        version, values = (more[0] if more else ""), (more[1] if len(more) > 1 else {})
        return Seen(status, owner, queue, frozenset(tags), version, values)

    def save_seen(self, ref: str, seen: Seen) -> None:
        """Remember a ticket's state there, if it changed."""
        if seen != self.seen(ref):
            with self.store.write(bulk=True):
                packed = [seen.status, seen.owner, seen.queue, sorted(seen.tags), seen.version, dict(seen.values)]
                self.store.settings.save(f"seen.{self.name}/{ref}", packed)

    def did(self, ref: str, **fields: Any) -> None:
        """Remember what we ourselves changed there, so that it is not taken for the other side's doing."""
        seen = self.seen(ref)
        if seen is not None:
            self.save_seen(ref, replace(seen, **fields))

    def save_link(
        self, state: LinkState, sentence: str = "", *, done: int = 0, total: int = 0, wait: float = 0
    ) -> None:
        """Write the state of the connection, for every window; `wait` seconds pass before the next look."""
        now = self.clock()
        used, allowed = self.system.requests, self.tracker.requests
        link = Link(state, sentence, done, total, used, allowed, now, now + round(wait) if wait else 0)
        save_link(self.store, self.name, link)
        self.paced(self.tracker.name, link)

    # What is known by which name

    def source(self, event: Happened) -> str:
        """Return where a message came from, for the people who look for it."""
        return f"{self.name}/{event.ref};transaction={event.number}"

    def hash(self, number: int) -> str:
        """Return the id of the system's message here."""
        return sha256(f"{self.name}\n{number}".encode()).hexdigest()

    def here(self, owner: str) -> str:
        """Return what an owner of theirs is called here."""
        return self.desk.agent if owner and owner == self.system.me() else owner

    def there(self, agent: str) -> str:
        """Return what an agent of ours is called there."""
        return self.system.me() if agent == self.desk.agent else agent

    def status(self, remote: RemoteTicket) -> Status | None:
        """Return what a ticket's status there means here, None if unspecified."""
        return self.tracker.here(remote.status) or self.tracker.here(remote.like)

    def lane(self, remote: RemoteTicket) -> str:
        """Return the lane of a ticket's queue there, empty where the rules decide; a team's queues are our lanes."""
        known = self.tracker.queues
        if kind_named(self.tracker.kind).queues_are_lanes and not known:
            return remote.queue if any(lane.name == remote.queue for lane in self.desk.rules.lanes) else ""
        return known.get(remote.queue, "")

    def wanted(self, ticket: Ticket, remote: RemoteTicket) -> str:
        """Return the status that a ticket lacks there; empty if it is the same there."""
        there = self.tracker.there(ticket.status)
        return "" if there == remote.status or self.status(remote) is ticket.status else there

    def values_there(self, ticket: Ticket) -> dict[str, str]:
        """Return the values of a ticket's custom fields, by their names there."""
        fields = self.desk.rules.fields
        return {field.name_there: ticket.fields[field.name] for field in fields if field.name in ticket.fields}

    def value_here(self, field: CustomField, value: str) -> str | None:
        """Return a value from there as it is kept here; None for one that the field does not take."""
        try:
            return parse(field, value, exact=True)
        except RuleError:
            return None

    def ticket(self, ticket_id: int) -> Ticket | None:
        """Return a ticket that the system has too, None for any other."""
        ticket = self.store.tickets.get(ticket_id) if ticket_id else None
        if ticket is None or (ticket.connector == self.name and ticket.external_ref):
            return ticket
        ref = self.store.shared.ref(self.name, ticket_id)
        return replace(ticket, connector=self.name, external_ref=ref) if ref else None

    def is_shared(self, ticket_id: int) -> bool:
        """Return whether a ticket is ours and the team has it too."""
        return bool(self.store.shared.ref(self.name, ticket_id))

    def filed(self, number: int) -> bool:
        """Return whether the desk has the system's message with this number."""
        known = self.store.shared.message(self.name, number)
        return known is not None or self.store.messages.ticket_of_content(self.hash(number)) is not None

    def identify(self, own: int, number: int) -> None:
        """Note under which number the system has a message of ours; call it inside the transaction."""
        message = self.store.messages.get(own)
        if message is not None and self.is_shared(message.ticket_id):
            self.store.shared.note(self.name, number, own)
            if self.store.messages.is_outside(own):
                return  # it is known by its mail too, and that stays
        self.store.messages.identify(own, self.hash(number))

    # What agents did here

    def ripe(self, mark: str, wait: int | None = None) -> list[tuple[int, int, dict[str, object]]]:
        """Return what agents did since a mark and whose undo window is over: event, ticket, detail."""
        until = self.clock() - (self.desk.rules.undo_seconds if wait is None else wait)
        results: list[tuple[int, int, dict[str, object]]] = []
        for event in self.store.events.after(self.mark(mark), _EVENTS_AT_ONCE):
            if event.at > until and event.actor not in (INTAKE, self.name):
                break
            results.append((event.id, 0 if event.actor in (INTAKE, self.name) else event.ticket_id, dict(event.detail)))
        return results

    def unpushed(self, ticket_id: int) -> bool:
        """Return whether an agent did anything to a ticket that is not there yet."""
        events = self.store.events.after(self.mark("pushed"), _EVENTS_AT_ONCE)
        return any(event.ticket_id == ticket_id and event.actor not in (INTAKE, self.name) for event in events)

    def claims(self, ticket_id: int) -> bool:
        """Return whether our agent has a ticket and the system was not asked for it yet."""
        ticket = self.store.tickets.get(ticket_id)
        return (
            ticket is not None and ticket.assignee == self.desk.agent and self.waits(ticket_id, "assignee", "claimed")
        )

    def waits(self, ticket_id: int, field: str, mark: str) -> bool:
        """Return whether an agent changed a ticket's field, and that is not there yet."""
        events = self.store.events.after(self.mark(mark), _EVENTS_AT_ONCE)
        return any(
            event.ticket_id == ticket_id and field in dict(event.detail.get("changed") or {})
            for event in events
            if event.actor not in (INTAKE, self.name)
        )

    def or_told(self, ticket: Ticket, carry_out: Callable[..., None], *given: object) -> None:
        """Carry out; a refusal for one ticket is reported and does not stop the others."""
        try:
            carry_out(ticket, *given)
        except RefusedError as error:
            self.tell(f"{self.tracker.name}, #{ticket.id}: {error.title}. {error.message}")
