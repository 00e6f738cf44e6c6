"""A month of invented work on a demo desk: three agents in shifts, customers who answer, all on a simulated clock.

It goes through the same door as real work, so reports, clocks and next-up have a history to show. The same seed plays
the same month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from data.demo import DemoMessage, many
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.outbox import OutboxEntry
from data.records.tickets import Status, Ticket
from queues.connectors.demo import NAME, incoming, team_answer
from queues.desk.escalations import is_to_others
from queues.outgoing.outbox import deliver_due
from queues.quality.csat import token_of
from tui.demo.demo_agent import Agents
from tui.demo.demo_customers import Customers, answer
from tui.demo.demo_ratings import Raters

if TYPE_CHECKING:
    from data.store import Store
    from macros.files.library import Library
    from queues.desk.desk import Desk
    from queues.next_up.urgency import NextUp

HOUR, DAY = 3600, 86_400
_UNDO = 15
"""Seconds after which a reply has left."""
_PATIENCE = 4 * DAY
"""How long agents wait for the answer to a question."""


@dataclass(frozen=True, slots=True)
class Worker:
    """An invented agent: working hours of the day in UTC, and how quick they are."""

    name: str
    begins: int
    ends: int
    pace: float

    def works_at(self, at: int) -> bool:
        """Return whether this moment is in the shift; no one works on Sundays (1970-01-04 was a Sunday)."""
        return (at // DAY - 3) % 7 != 0 and self.begins * HOUR <= at % DAY < self.ends * HOUR


TEAM = (Worker("eva", 6, 14, 1.0), Worker("leo", 9, 17, 1.2), Worker("mar", 13, 21, 0.9))


class HeldClock:
    """A clock that the simulation sets."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        """Return Unix seconds, UTC."""
        return self.now


class Rehearsal:
    """Simulates the month up to `end`. `desk_of` opens the desk of an agent on the shared store, using `clock`."""

    def __init__(
        self, desk_of: Callable[[str], Desk], clock: HeldClock, library: Library, *, seed: int, end: int, amount: int
    ) -> None:
        self._desks = {worker.name: desk_of(worker.name) for worker in TEAM}
        self._clock, self._end, self._seed = clock, end, seed
        self._random = Random(f"rehearsal {seed}")
        self._agents = Agents(self._desks, clock, library, Random(f"agents {seed}"))
        self._customers = Customers(Random(f"customers {seed}"))
        self._raters = Raters(seed)
        self._numbers = count()
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._writers: dict[str, DemoMessage] = {}
        self._arrivals: Iterator[DemoMessage] = many(amount, seed)
        self._taken: set[int] = set()
        self._idle: dict[str, tuple[int, int]] = {}
        """By agent, the latest event when nothing waited, and when that was."""

    @property
    def store(self) -> Store:
        """The store shared by all agents."""
        return self._desks[TEAM[0].name].store

    def play(self, on_day: Callable[[int], object] = lambda at: None) -> None:
        """Run all events in order of time, one transaction per day; `on_day` is called at the end of each day."""
        self._arrive()
        first = self._agenda[0][0]
        for worker in TEAM:
            self._plan(first, lambda worker=worker: self._look(worker))  # type: ignore[misc]
        day = first // DAY
        while self._agenda:
            with self.store.write(bulk=True):
                while self._agenda and self._agenda[0][0] // DAY <= day:
                    at, _, happen = heappop(self._agenda)
                    self._clock.now = at
                    happen()
            on_day((day + 1) * DAY)
            day += 1
        deliver_due(self.store, {NAME: self}, self._end + _UNDO)  # what was answered in the last seconds

    def _plan(self, at: int, happen: Callable[[], None]) -> None:
        if at < self._end:
            heappush(self._agenda, (at, next(self._numbers), happen))

    def _arrive(self) -> None:
        message = next(self._arrivals, None)
        if message is None:
            return
        self._writers[message.address] = message
        item = incoming(message, f"demo.month.{self._seed}", self._end)
        at = item.received_at or 0

        def happen() -> None:
            self._receive(item)
            self._arrive()

        self._plan(at, happen)

    @property
    def _any(self) -> Desk:
        return self._desks[TEAM[0].name]

    def _look(self, worker: Worker) -> None:
        """Take the most urgent ticket that no agent is working on, or look again in a few minutes."""
        now = self._clock.now
        self._any.tick()
        next_ticket = self._next_up(worker, now) if worker.works_at(now) else None
        if next_ticket is None or next_ticket.ticket_id in self._taken:
            pause = 300 if worker.works_at(now) else HOUR // 2
            self._plan(now + pause, lambda: self._look(worker))
            return
        self._taken.add(next_ticket.ticket_id)
        seconds = int((60 + self._random.expovariate(1 / 180)) * worker.pace)
        self._plan(now + seconds, lambda: self._finish(worker, next_ticket.ticket_id, seconds))

    def _next_up(self, worker: Worker, now: int) -> NextUp | None:
        """Return the most urgent ticket; while nothing waits and nothing happens, that is asked once an hour."""
        latest = self.store.events.newest()
        idle_since, at = self._idle.get(worker.name, (-1, 0))
        if latest == idle_since and now - at < HOUR:
            return None
        next_ticket = self._desks[worker.name].next_up()
        if next_ticket is None:
            self._idle[worker.name] = (latest, now)
        return next_ticket

    def _finish(self, worker: Worker, ticket_id: int, seconds: int) -> None:
        self._taken.discard(ticket_id)
        ticket = self.store.tickets.get(ticket_id)
        if ticket is not None:
            change = self._raters.asking(self._agents.decide(ticket, worker.name), token_of(self.store, ticket_id))
            done = self._agents.act(worker.name, ticket_id, change, seconds)
            if done is not None and change.reply is not None:
                self._plan(self._clock.now + _UNDO, self._deliver)
                self._expect_answer(ticket_id)
                self._expect_rating(ticket)
                self._expect_nothing(ticket_id, worker)
        self._look(worker)

    def _deliver(self) -> None:
        """Let what is due leave, so that nothing waits in the outbox at the end of the month."""
        deliver_due(self.store, {NAME: self}, self._clock.now)

    def send(self, entry: OutboxEntry) -> str:
        """Take a reply, or a mail to another team, which answers it after a while; most do in time."""
        if is_to_others(entry):
            later = int(self._random.expovariate(1 / (5 * HOUR)))
            item = team_answer(entry, self._clock.now + 900 + later)
            self._plan(item.at or 0, lambda: self._receive(item))
        return entry.message_id

    def was_delivered(self, entry: OutboxEntry) -> bool:
        """Return that it was: nothing of the month stays between two states."""
        return True

    def _expect_answer(self, ticket_id: int) -> None:
        ticket, writer = self.store.tickets.get(ticket_id), self._writer_of(ticket_id)
        if ticket is None or writer is None:
            return
        latest = self.store.messages.of(ticket_id)[-1]
        item = self._customers.answer(ticket_id, ticket.status, writer, latest.message_id, self._clock.now)
        if item is not None:
            self._plan(item.at or 0, lambda: self._receive(item))

    def _expect_nothing(self, ticket_id: int, worker: Worker) -> None:
        """Solve a ticket whose customer does not answer our question within some days."""

        def solve() -> None:
            ticket = self.store.tickets.get(ticket_id)
            if (
                ticket is not None
                and ticket.status is Status.PENDING
                and ticket.updated_at <= self._clock.now - _PATIENCE
            ):
                self._agents.act(worker.name, ticket_id, Change(status=Status.SOLVED), 20)

        self._plan(self._clock.now + _PATIENCE, solve)

    def _writer_of(self, ticket_id: int) -> DemoMessage | None:
        """Return who wrote the ticket's first message."""
        ticket = self.store.tickets.get(ticket_id)
        customer = self.store.customers.get(ticket.customer_id) if ticket is not None else None
        known = [identity.value for identity in customer.identities if identity.kind == "email"] if customer else []
        return self._writers.get(known[0]) if known else None

    def _expect_rating(self, ticket: Ticket) -> None:
        """Some customers who are asked for a rating give it."""
        latest, asked = self.store.messages.of(ticket.id)[-1], self.store.csat.asked(ticket.id)
        writer = self._writer_of(ticket.id)
        if asked is None or asked.message_id != latest.id or writer is None:
            return
        said = self._raters.answer()
        if said is not None:
            at = self._clock.now + said[1]
            item = answer(writer, latest.message_id, said[0], at)
            self._plan(at, lambda: self._receive(item))

    def _receive(self, item: Incoming) -> None:
        self._any.receive([item], bulk=True)
