"""A month of invented work on a demo desk: three agents in shifts, customers who answer, all on a simulated clock.

It goes through the same door as real work, so reports, clocks and next-up have a history to show. The same seed plays
the same month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from data.demo import DemoMessage, many
from data.errors import RuleError
from data.records.changes import Change
from data.records.customers import Customer
from data.records.escalations import Escalation
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.tickets import ACTIVE, UNKNOWN_LANGUAGE, Status, Ticket
from queues.connectors.demo import incoming
from queues.quality.csat import token_of
from tui.demo.demo_ratings import Raters

if TYPE_CHECKING:
    from data.store import Store
    from macros.files.library import Library
    from queues.desk.desk import Desk

HOUR, DAY = 3600, 86_400
_WHY = "rehearsal"
"""Invented agents need no second look at their replies."""
_KEPT = {"en": "As promised: everything is in order now.", "es": "Como prometimos: ya está todo en orden."}
"""What an agent writes to keep a promise."""


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
        self._clock, self._library, self._end, self._seed = clock, library, end, seed
        self._random = Random(f"rehearsal {seed}")
        self._raters = Raters(seed)
        self._numbers = count()
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._writers: dict[str, DemoMessage] = {}
        self._arrivals: Iterator[DemoMessage] = many(amount, seed)
        self._taken: set[int] = set()

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
        desk = self._desks[worker.name]
        self._any.tick()
        next_ticket = desk.next_up() if worker.works_at(now) else None
        if next_ticket is None or next_ticket.ticket_id in self._taken:
            pause = 300 if worker.works_at(now) else HOUR // 2
            self._plan(now + pause, lambda: self._look(worker))
            return
        self._taken.add(next_ticket.ticket_id)
        seconds = int((60 + self._random.expovariate(1 / 180)) * worker.pace)
        self._plan(now + seconds, lambda: self._finish(worker, next_ticket.ticket_id))

    def _finish(self, worker: Worker, ticket_id: int) -> None:
        self._taken.discard(ticket_id)
        desk = self._desks[worker.name]
        ticket = self.store.tickets.get(ticket_id)
        if ticket is not None:
            change = self._raters.asking(self._decide(ticket, worker.name), token_of(self.store, ticket_id))
            self._act(desk, ticket_id, change)
            if change.reply is not None:
                self._expect_answer(ticket, change)
                self._expect_rating(ticket)
        self._look(worker)

    def _act(self, desk: Desk, ticket_id: int, change: Change) -> None:
        """Apply the change; if the agent may not decide it, such as an appeal, another agent does."""
        for candidate in (desk, *(other for other in self._desks.values() if other is not desk)):
            with suppress(RuleError):
                candidate.act([ticket_id], change)
                return

    def _decide(self, ticket: Ticket, agent: str) -> Change:
        if ticket.status not in ACTIVE:  # only a promise is due on this ticket: keep it and do nothing else
            return Change(reply=_KEPT.get(ticket.language, _KEPT["en"]), override_reason=_WHY)
        chance = self._random.random()
        if chance < 0.04:
            return Change(note="Waiting for the known-issue list.", snooze_until=self._clock.now + 4 * HOUR)
        ends = Status.PENDING if chance < 0.25 else Status.SOLVED
        reply = self._reply(ticket, agent, ends)
        if chance < 0.10:
            return replace(reply, escalate=Escalation("Trust and safety", "needs a second look"), override_reason=_WHY)
        return replace(reply, status=ends, override_reason=_WHY)

    def _reply(self, ticket: Ticket, agent: str, ends: Status) -> Change:
        """Return the text of the first macro for the ticket's topic, or for all topics, that needs no value.

        A macro that solves the ticket comes first; none states an outcome, because nothing was looked up.
        """
        from macros.filling.context import Context
        from macros.render import render

        offered = [offer for offer in self._library.offered(ticket) if not (offer.asks or offer.outcome)]
        fitting = [offer for offer in offered if ticket.topic in offer.topics]
        general = [offer for offer in offered if not offer.topics]
        macro = min(fitting, key=lambda offer: offer.actions.status is not ends, default=(general or offered)[0])
        customer = self.store.customers.get(ticket.customer_id) or Customer(0, "")
        filled = render(macro, ticket.language, Context(ticket, customer, agent, self._clock.now), {})
        return Change(reply=filled.text, macro=macro.name, reply_language=filled.language)

    def _expect_answer(self, ticket: Ticket, change: Change) -> None:
        """Half of the customers do not answer; the others thank us, have more trouble, or find it broken again."""
        customer = self.store.customers.get(ticket.customer_id)
        address = (
            next((identity.value for identity in customer.identities if identity.kind == "email"), "")
            if customer
            else ""
        )
        writer = self._writers.get(address)
        mood = self._random.choice(("thanks", "thanks", "more", "reopen", *[""] * 6))
        text = str(getattr(writer.words.follow_ups, mood)) if writer is not None and mood else ""
        if writer is None or not text:
            return
        latest = self.store.messages.of(ticket.id)[-1]
        at = self._clock.now + int(600 + self._random.expovariate(1 / (6 * HOUR)))
        item = _answer(writer, latest.message_id, text, at)
        self._plan(at, lambda: self._receive(item))

    def _expect_rating(self, ticket: Ticket) -> None:
        """Some customers who are asked for a rating give it."""
        latest, asked = self.store.messages.of(ticket.id)[-1], self.store.csat.asked(ticket.id)
        customer = self.store.customers.get(ticket.customer_id)
        known = [identity.value for identity in customer.identities if identity.kind == "email"] if customer else []
        writer = self._writers.get(known[0]) if known else None
        if asked is None or asked.message_id != latest.id or writer is None:
            return
        said = self._raters.answer()
        if said is not None:
            at = self._clock.now + said[1]
            item = _answer(writer, latest.message_id, said[0], at)
            self._plan(at, lambda: self._receive(item))

    def _receive(self, item: Incoming) -> None:
        self._any.receive([item], bulk=True)


def _answer(writer: DemoMessage, message_id: str, text: str, at: int) -> Incoming:
    digest = sha256(f"{message_id}\n{text}".encode()).hexdigest()
    return Incoming(
        connector="demo", source=f"demo.month:{digest[:16]}", raw_sha256=digest, kind=MessageKind.MAIL,
        from_name=writer.name, from_address=writer.address, subject=f"Re: {writer.subject}", text=text, new_text=text,
        at=at, received_at=at, language=UNKNOWN_LANGUAGE, message_id=f"<month.{digest[:24]}@mail.example>",
        references=(message_id,), lane=writer.words.lane, customer=CustomerHint(writer.handle),
    )  # fmt: skip
