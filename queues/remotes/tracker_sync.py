"""One ticketing system and its desk, kept in step, in one thread with its own store.

What happened there is filed in one transaction with how far it was read. What is done here follows it once its undo
window is over; a claim follows at once. Where both sides changed a ticket, the other side's word stands.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.policy import default
from hashlib import sha256
from threading import Event

from data.errors import ConnectorError, RefusedError, StoreError
from data.protocols import Clock
from data.records import UNKNOWN_LANGUAGE, Incoming, OutboxEntry, OutboxState, Status, Ticket
from queues.connectors.base import Batch, Happened, Offered, RemoteReply, RemoteTicket, TicketSystem
from queues.connectors.web import BusyError
from queues.desk import Desk
from queues.escalating import is_to_a_team
from queues.helper import RawMessage
from queues.outbox import Delivery, deliver_due
from queues.receiving import INTAKE
from queues.remotes.account_filing import Reader
from queues.remotes.links import Link, LinkState, put_link
from queues.remotes.trackers import Tracker

log = logging.getLogger(__name__)

TICK = 0.2
"""Seconds between two looks at what the agent did."""
DELAYS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds before each further attempt, and up to half as many more: many desks do not come back at one moment."""
_EVENTS_AT_ONCE = 500
_HELD_BY = {"in": "the customer wrote again", "out": "another agent answered"}

Tell = Callable[[str], object]


class TrackerSync:
    """Looks after one ticketing system, once or until it is stopped."""

    def __init__(
        self,
        desk: Desk,
        system: TicketSystem,
        tracker: Tracker,
        reader: Reader,
        recognise: Callable[[Sequence[Incoming]], Sequence[Incoming]],
        clock: Clock,
        tell: Tell = lambda sentence: None,
        news: Callable[[], object] = lambda: None,
    ) -> None:
        """`tell` gets a sentence for the agent, `news` is called when messages were filed; both in this thread."""
        self._desk, self._system, self._tracker, self._clock = desk, system, tracker, clock
        self._reader, self._recognise, self._tell, self._news = reader, recognise, tell, news
        self._store, self._name = desk.store, tracker.connector
        self._seen = -1
        self._told = ""
        self.filed = 0

    def once(self) -> Delivery:
        """Fetch what happened, carry out what is due, and leave. Raises ConnectorError with what stood in the way."""
        try:
            self._catch_up(Event())
            done = self._carry_out()
            self._put(LinkState.ONLINE)
            return done
        except ConnectorError as error:
            self._put(LinkState.OFFLINE, error.message)
            raise
        finally:
            self.close()

    def run(self, stop: Event, *, delays: tuple[float, ...] = DELAYS) -> None:
        """Stay until `stop`; what goes wrong is told once, tried again, and gets well by itself."""
        self._system.wait_by(lambda seconds: self._pause(seconds, stop))
        attempt = 0
        while not stop.is_set():
            wait = 0.0
            try:
                self._catch_up(stop)
                attempt = 0
                self._told_well()
                self._stay(stop)
            except (ConnectorError, StoreError) as error:
                self._fault(error.title, error.message)
                wait = float(error.seconds) if isinstance(error, BusyError) else 0.0
            except Exception as error:  # the border of this thread: the other accounts and the screen go on
                log.error("a tracker's thread failed: %s", type(error).__name__)
                self._fault("Fault", f"A fault of the program itself ({type(error).__name__}); it is tried again.")
            finally:
                self.close()
            stop.wait(max(wait, delays[min(attempt, len(delays) - 1)]) * random.uniform(1, 1.5))
            attempt += 1

    def _pause(self, seconds: float, stop: Event) -> None:
        """Wait because the requests of this minute are used up, and say so."""
        most = self._tracker.requests_per_minute
        self._tell(f"{self._tracker.name}: the {most} requests of this minute are used; it goes on in {seconds:.0f} s.")
        stop.wait(seconds)

    def close(self) -> None:
        """End the connection."""
        self._system.close()

    def _stay(self, stop: Event) -> None:
        """Look for news of either side, and act on it."""
        waited = 0.0
        while not stop.wait(TICK):
            waited += TICK
            if waited >= self._tracker.poll_seconds:
                waited = 0.0
                self._fetch(stop)
                self._settle()
            version = self._store.data_version()
            due = self._store.outbox.due(self._clock(), [self._name], limit=1)
            if due or version != self._seen or self._behind("pushed"):
                self._seen = version
                self._carry_out()

    def _catch_up(self, stop: Event) -> None:
        """See what became of what an earlier run was sending, and fetch everything new."""
        with self._store.write():
            self._store.outbox.doubt_all([self._name])
        self._fetch(stop)
        self._settle()

    def _carry_out(self) -> Delivery:
        """Claim, send and change there what was done here."""
        self._claims()
        done = deliver_due(
            self._store, {self._name: _Outgoing(self, self._tracker.per_minute)}, self._clock(), holds=self._holds
        )
        if done.failed or done.held or done.doubted:
            parts = (f"{done.failed} failed", f"{done.held} held", f"{done.doubted} in doubt")
            told = ", ".join(part for part in parts if not part.startswith("0"))
            self._tell(f"{self._tracker.name}: replies {told}; look into the outbox.")
        self._push()
        return done

    # In

    def _mark(self, name: str) -> int:
        return int(self._store.settings.get(f"{name}.{self._name}") or 0)

    def _put_mark(self, name: str, value: int) -> None:
        self._store.settings.put(f"{name}.{self._name}", value)

    def _fetch(self, stop: Event) -> None:
        """Fetch page by page; each is kept whole with the new cursor, or not at all."""
        newest = 0
        while True:
            batch = self._system.after(self._mark("mark"))
            self._take(batch)
            if stop.is_set() or not batch.more:
                break
            newest = newest or self._system.newest()
            self._put(LinkState.FETCHING, done=batch.cursor, total=max(newest, batch.cursor))
        if newest:
            self._put(LinkState.ONLINE)

    def _take(self, batch: Batch) -> None:
        unknown = [
            one for one in batch.messages if self._store.messages.ticket_of_content(self._hash(one.number)) is None
        ]
        strange = [one for one in unknown if not self._is_ours(one)]
        items = self._read(strange, batch) if strange else []
        if not unknown and not batch.moved and batch.cursor == self._mark("mark"):
            return
        with self._store.write(bulk=True):
            for one in unknown:
                self._recognise_ours(one)
            for one in strange:
                self._store.messages.keep_raw(one.raw, self._source(one), self._clock())
            new = {one.ticket_id for one in self._desk.receive(items, bulk=True) if one.outcome != "joined"}
            for ref, remote in batch.tickets.items():
                self._follow_batch(ref, remote, batch, new)
            self._put_mark("mark", batch.cursor)
        if items:
            self.filed += len(items)
            self._news()

    def _source(self, one: Happened) -> str:
        return f"{self._name}/{one.ref};transaction={one.number}"

    def _hash(self, number: int) -> str:
        return sha256(f"{self._name}\n{number}".encode()).hexdigest()

    def _read(self, happened: Sequence[Happened], batch: Batch) -> list[Incoming]:
        """Read messages in the helper process, and add what the system knows of them."""
        raws = [RawMessage(one.raw, self._source(one)) for one in happened]
        read = self._reader.read(raws, connector=self._name)
        return list(self._recognise([self._placed(*pair, batch) for pair in zip(read, happened, strict=True)]))

    def _placed(self, item: Incoming, one: Happened, batch: Batch) -> Incoming:
        remote = batch.tickets[one.ref]
        language = remote.language.lower()
        return replace(
            item,
            external_ref=one.ref,
            content_hash=self._hash(one.number),
            direction=one.direction,
            received_at=min(one.at or self._clock(), self._clock()),
            lane=self._tracker.queues.get(remote.queue, ""),
            customer_language=language if len(language) == 2 else UNKNOWN_LANGUAGE,
            references=(),
            needs_our_id=True,
        )

    def _follow_batch(self, ref: str, remote: RemoteTicket, batch: Batch, new: set[int]) -> None:
        number = self._store.tickets.by_external_ref(self._name, ref)
        if number is None or (number not in new and ref not in batch.moved):
            return
        if number not in new and batch.moved[ref] == self._system.me() and self._unpushed(number):
            return  # the echo of what we did, and the agent has gone on since
        self._follow(number, remote, new=number in new)

    def _follow(self, number: int, remote: RemoteTicket, *, new: bool = False) -> None:
        """Let the ticket here be as it is there."""
        ticket = self._store.tickets.get(number)
        if ticket is None:
            return
        status = self._tracker.here(remote.status)
        if self._tracker.there(ticket.status) == remote.status or (status is Status.NEW and not new):
            status = None
        owner = self._here(remote.owner)
        lane = self._tracker.queues.get(remote.queue, "")
        known = {one.name for one in self._desk.rules.lanes}
        changes = {
            "status": status if status not in (None, ticket.status) else None,
            "assignee": owner if owner != ticket.assignee else None,
            "lane": lane if lane in known and lane != ticket.lane and not new else None,
        }
        if any(value is not None for value in changes.values()):
            self._desk.follow(number, self._name, **changes)  # type: ignore[arg-type]

    def _here(self, owner: str) -> str:
        return self._desk.agent if owner and owner == self._system.me() else owner

    def _there(self, agent: str) -> str:
        return self._system.me() if agent == self._desk.agent else agent

    # Ours, coming back

    def _prefix(self) -> str:
        """Return what the marks of this file's notes begin with; two desks of one agent number theirs alike."""
        found = self._store.settings.get("tracker.notes")
        if not found:
            found = secrets.token_hex(8)
            with self._store.write():
                self._store.settings.put("tracker.notes", found)
        return f"note.{found}."

    def _own(self, one: Happened) -> int | None:
        """Return the number of our message that a mark names."""
        ticket = self._store.tickets.by_external_ref(self._name, one.ref)
        if not one.mark or ticket is None:
            return None
        if one.mark.startswith(self._prefix()):
            number = one.mark.removeprefix(self._prefix())
            return int(number) if number.isdigit() else None
        found = self._store.messages.ours(ticket, f"<{one.mark}>")
        return found.id if found else None

    def _is_ours(self, one: Happened) -> bool:
        return self._own(one) is not None

    def _recognise_ours(self, one: Happened) -> None:
        own = self._own(one)
        if own is not None:
            self._store.messages.identify(own, self._hash(one.number))

    def _settle(self) -> None:
        """Decide about replies in doubt: what is there arrived; what is not stays with the agent to decide."""
        now = self._clock()
        for entry in self._store.outbox.waiting():
            if entry.connector != self._name or entry.state is not OutboxState.IN_DOUBT:
                continue
            own = self._store.messages.ours(entry.ticket_id, entry.message_id)
            if own is not None and self._store.messages.is_outside(own.id):
                with self._store.write():
                    self._store.outbox.arrived(entry.id, OutboxState.IN_DOUBT, now)

    # Out

    def outgoing(self, entry: OutboxEntry) -> Offered:
        """Hand a reply over, short of its last byte."""
        ticket = self._store.tickets.get(entry.ticket_id)
        own = self._store.messages.ours(entry.ticket_id, entry.message_id)
        if ticket is None or own is None or is_to_a_team(entry):
            raise RefusedError(
                "Not sent", f"{self._tracker.name} answers tickets only; set up a mail account for others."
            )
        remote = self._system.ticket(ticket.external_ref)
        if remote.people and entry.recipient.casefold() not in remote.people:
            raise RefusedError(
                "Not sent", f"{self._tracker.name} sends to the ticket's own people, and {entry.recipient} is none of "
                "them; add them there.",
            )  # fmt: skip
        names = self._tracker.fields
        values = {names.macro: own.macro, names.language: own.language, names.procedure: own.procedure}
        status = self._tracker.there(ticket.status)
        mail = message_from_bytes(entry.raw, policy=default)
        body = mail.get_body(("plain",))
        reply = RemoteReply(
            ticket.external_ref,
            entry.message_id.strip("<>"),
            str(body.get_content()).rstrip("\n") if body is not None else own.text,
            status if status != remote.status else "",
            {name: value for name, value in values.items() if value and name in remote.fields},
            tuple(_file(part) for part in mail.iter_attachments()),
        )
        return _Offer(self, own.id, self._system.offer(reply))

    def sent(self, own: int, number: int) -> None:
        """Note under which number the system has our message."""
        if number:
            with self._store.write():
                self._store.messages.identify(own, self._hash(number))

    def _holds(self, entry: OutboxEntry) -> str:
        """Look once more before a reply leaves; return why it must not, nothing where it may."""
        ticket = self._store.tickets.get(entry.ticket_id)
        if ticket is None or not ticket.external_ref or is_to_a_team(entry):
            return ""
        self._fetch(Event())
        newer = self._store.messages.answered_by_newer(entry.ticket_id, entry.message_id, entry.cleared)
        if newer:
            return _HELD_BY[newer]
        if entry.cleared:
            return ""
        try:
            remote = self._system.ticket(ticket.external_ref)
            if not remote.owner:
                remote = self._system.take(ticket.external_ref, "")
        except RefusedError:
            return ""  # the reply is refused for the same reason, and says so in the outbox
        owner = self._here(remote.owner)
        if owner != self._store.tickets.get(entry.ticket_id).assignee:  # type: ignore[union-attr]
            self._desk.follow(entry.ticket_id, self._name, assignee=owner)
        return "" if owner in ("", self._desk.agent) else f"{owner} has this ticket"

    def _behind(self, mark: str) -> bool:
        return self._store.events.newest() > self._mark(mark) and any(True for _ in self._ripe(mark))

    def _ripe(self, mark: str, wait: int | None = None) -> list[tuple[int, int, dict[str, object]]]:
        """Return what agents did since a mark and whose undo window is over: event, ticket, detail."""
        until = self._clock() - (self._desk.rules.undo_seconds if wait is None else wait)
        found: list[tuple[int, int, dict[str, object]]] = []
        for event in self._store.events.after(self._mark(mark), _EVENTS_AT_ONCE):
            if event.at > until and event.actor not in (INTAKE, self._name):
                break
            found.append((event.id, 0 if event.actor in (INTAKE, self._name) else event.ticket_id, dict(event.detail)))
        return found

    def _unpushed(self, ticket_id: int) -> bool:
        events = self._store.events.after(self._mark("pushed"), _EVENTS_AT_ONCE)
        return any(one.ticket_id == ticket_id and one.actor not in (INTAKE, self._name) for one in events)

    def _claims(self) -> None:
        """Tell the system whose tickets are now, at once: who was first there has it, who was not is told."""
        while ripe := self._ripe("claimed", wait=-1):
            for _, ticket_id, detail in ripe:
                changed = detail.get("changed")
                before = changed.get("assignee") if isinstance(changed, dict) else None
                ticket = self._mirrored(ticket_id)
                if ticket is not None and (before or "action" in detail):
                    # what is undone or redone was ours, or nobody's
                    self._or_told(ticket, self._claim, str(before[0]) if before else self._desk.agent)
            with self._store.write(bulk=True):
                self._put_mark("claimed", ripe[-1][0])

    def _mirrored(self, ticket_id: int) -> Ticket | None:
        ticket = self._store.tickets.get(ticket_id) if ticket_id else None
        return ticket if ticket and ticket.connector == self._name and ticket.external_ref else None

    def _claim(self, ticket: Ticket, before: str) -> None:
        """Make the ticket there whose it is here, unless somebody else than `before` has it."""
        ref, wanted = ticket.external_ref, ticket.assignee
        remote = self._system.ticket(ref)
        owner = self._here(remote.owner)
        if owner == wanted:
            return
        if owner in (before, ""):
            if wanted == self._desk.agent:
                remote = self._system.take(ref, remote.owner)
            else:
                remote = self._system.give(ref, self._there(wanted), remote.owner)
        now = self._here(remote.owner)
        if now != wanted:
            self._desk.follow(ticket.id, self._name, assignee=now)
            self._tell(f"#{ticket.id} is {now}'s: {now} was first." if now else f"#{ticket.id} stays nobody's there.")

    def _push(self) -> None:
        """Write notes and statuses there, once their undo window is over."""
        while ripe := self._ripe("pushed"):
            busy = {entry.ticket_id for entry in self._store.outbox.waiting() if entry.connector == self._name}
            for ticket_id in dict.fromkeys(ticket_id for _, ticket_id, _ in ripe):
                ticket = self._mirrored(ticket_id)
                if ticket is not None:
                    self._or_told(ticket, self._push_ticket, ticket_id not in busy)
            with self._store.write(bulk=True):
                self._put_mark("pushed", ripe[-1][0])

    def _or_told(self, ticket: Ticket, carry_out: Callable[..., None], *given: object) -> None:
        """Carry out; what the system refuses for one ticket is told and keeps no other waiting."""
        try:
            carry_out(ticket, *given)
        except RefusedError as error:
            self._tell(f"{self._tracker.name}, #{ticket.id}: {error.title}. {error.message}")

    def _push_ticket(self, ticket: Ticket, status: bool) -> None:
        notes = self._store.messages.unsent_notes(ticket.id)
        if notes:
            self._fetch(Event())  # a note of ours that arrived before a cut is known from then on
        for note in notes:
            if not self._store.messages.is_outside(note.id):
                self.sent(note.id, self._system.comment(ticket.external_ref, note.text, f"{self._prefix()}{note.id}"))
        wanted = self._tracker.there(ticket.status)
        if not status or not wanted:
            return  # a reply that waits takes its status along
        if self._system.ticket(ticket.external_ref).status != wanted:
            remote = self._system.set_status(ticket.external_ref, wanted)
            if remote.status != wanted:
                self._tell(f"#{ticket.id} stays {remote.status} in {self._tracker.name}: it does not take {wanted}.")

    # Told

    def _fault(self, title: str, sentence: str) -> None:
        """Tell a fault once, however often it comes again."""
        self._put(LinkState.OFFLINE, sentence)
        if sentence != self._told:
            self._told = sentence
            self._tell(f"{self._tracker.name}: {title}. {sentence}")

    def _told_well(self) -> None:
        self._put(LinkState.ONLINE)
        if self._told:
            self._told = ""
            self._tell(f"{self._tracker.name}: online again.")

    def _put(self, state: LinkState, sentence: str = "", *, done: int = 0, total: int = 0) -> None:
        put_link(self._store, self._name, Link(state, sentence, done, total))


def _file(part: Message) -> tuple[str, str, bytes]:
    content = part.get_payload(decode=True)
    return (
        part.get_filename() or "attachment",
        part.get_content_type(),
        content if isinstance(content, bytes) else b"",
    )


class _Outgoing:
    """The system as the outbox sees it."""

    per_day = 0
    to_copy = False

    def __init__(self, sync: TrackerSync, per_minute: int) -> None:
        self._sync, self.per_minute = sync, per_minute

    def offer(self, entry: OutboxEntry) -> Offered:
        """Hand a reply over, short of its last byte."""
        return self._sync.outgoing(entry)

    def send(self, entry: OutboxEntry) -> object:
        """Send a reply in one go."""
        return self.offer(entry).finish()

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        """Say that only the feed tells."""
        return None


class _Offer:
    """A reply that lacks its last byte, and the message that it is."""

    def __init__(self, sync: TrackerSync, own: int, offer: Offered) -> None:
        self._sync, self._own, self._offer = sync, own, offer

    def finish(self) -> None:
        """Have it taken, and note the number that it got."""
        number = self._offer.finish()
        self._sync.sent(self._own, number if isinstance(number, int) else 0)

    def drop(self) -> None:
        """Have it forgotten."""
        self._offer.drop()
