"""Chooses the next ticket from the store's current state and the agent's reaction to earlier offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.records.tickets import ACTIVE, LaneRow, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.figures.handling import EXPECTED_FROM, IDLE, expected, handled
from queues.next_up.graphic_content import Rest, lighter
from queues.next_up.offers import Offers
from queues.next_up.urgency import NextUp, Waiting, ranked
from queues.promises.find_promises import SOON
from queues.routing.lanes import waiting_lanes

_LEARN_EVERY = 1800
"""Seconds for which learned handle times are cached."""
_CANDIDATES = 50
"""How many of each lane's most urgent tickets are considered for the next."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A ticket that was taken out of turn."""

    rank: int
    """Its place in the order, from 1."""
    first: int
    """The ticket whose turn it was."""


class Choosing:
    """Used in the thread of its store, for one agent."""

    def __init__(self, store: Store, rules: DeskRules) -> None:
        self._store, self._rules = store, rules
        self._offers, self._rest = Offers(), Rest()
        self._usual: Mapping[str, int] = {}
        self._learned_at = -_LEARN_EVERY

    def next_up(self, now: int, leaving: int | None = None, holding: int | None = None) -> NextUp | None:
        """Return the most urgent ticket of all lanes except `leaving`, and why; None if nothing waits.

        Tickets that the agent passed over come later. An easier ticket is put between two graphic tickets if no clock
        runs out by that, but not before the ticket that the agent is `holding`.
        """
        order = self._offers.offerable(self._order(now, leaving), now)
        if not order:
            return None
        light = None
        exposure = self._rules.exposure
        if order[0].row.id != holding and self._rest.is_due(exposure.light_between):
            usual, never = self.usual_seconds(now), exposure.never_wait
            light = lighter(order, now, usual, lambda waiting: self._is_graphic(waiting.row.id), never)
        chosen = order[0].chosen(now) if light is None else light.chosen(now, "interleaving an easier ticket")
        self._offers.offered(chosen.ticket_id)
        return chosen

    def instead(self, ticket: Ticket, now: int) -> NextUp | None:
        """Pass a ticket over and return what comes after it."""
        self._offers.passed(ticket.id, ticket.updated_at, now)
        return self.next_up(now, leaving=ticket.id)

    def saw(self, ticket_id: int) -> None:
        """Record that the agent saw the graphic text of a ticket."""
        self._rest.worked(ticket_id, graphic=True)

    def worked(self, ticket_id: int) -> None:
        """Record that a ticket was worked on: when it waits again it must be offered again."""
        self._offers.taken(ticket_id)
        self._rest.worked(ticket_id, graphic=self._is_graphic(ticket_id))

    def pick(self, ticket: Ticket, now: int) -> Pick | None:
        """Return the rank of a ticket that was not offered; None if it is the first, or ranks are not recorded."""
        if not self._rules.counts_picks or self._offers.was_offered(ticket.id) or ticket.status not in ACTIVE:
            return None
        order = self._offers.offerable(self._order(now, None), now)
        rank = next((place for place, waiting in enumerate(order, 1) if waiting.row.id == ticket.id), len(order) + 1)
        return Pick(rank, order[0].row.id) if rank > 1 else None

    def _order(self, now: int, leaving: int | None) -> list[Waiting]:
        """Return the waiting tickets of all lanes, most urgent first."""
        rows = {
            lane: [row for row in self._candidates(lane, now) if row.id != leaving]
            for lane in waiting_lanes(self._store)
        }
        promised = {
            promise.ticket_id: promise.due_at for promise in reversed(self._store.promises.open(until=now + SOON))
        }
        promised.pop(leaving or 0, None)
        self._add_promised(rows, promised)
        return ranked(rows, now, self.usual_seconds(now), promised)

    def _candidates(self, lane: str, now: int) -> list[LaneRow]:
        """Return a lane's candidates for the most urgent: its top tickets, and those whose clocks run out next."""
        tickets = self._store.tickets
        late = tickets.page(lane, limit=_CANDIDATES)
        if len(late) < _CANDIDATES:
            return late
        coming = tickets.page(lane, (now, 0), limit=_CANDIDATES)
        return list({row.id: row for row in late + coming}.values())

    def usual_seconds(self, now: int) -> Mapping[str, int]:
        """Return each lane's usual handle time: the median that a report of the last days gives, every half hour."""
        if now - self._learned_at >= _LEARN_EVERY:
            self._learned_at = now
            since = now - EXPECTED_FROM
            work = handled(self._store.events.work(since - IDLE, now + 1))
            recent = [action for action in work if action.at >= since]
            lanes = self._store.tickets.lanes_of({action.ticket_id for action in recent})
            self._usual = expected(recent, lanes)
        return self._usual

    def _add_promised(self, rows: dict[str, list[LaneRow]], promised: Mapping[int, int]) -> None:
        """Add tickets that wait for others but have a promised answer to the candidates."""
        there = {row.id for lane in rows.values() for row in lane}
        for ticket_id in promised.keys() - there:
            ticket, row = self._store.tickets.get(ticket_id), self._store.tickets.row(ticket_id)
            if ticket is not None and row is not None and ticket.lane in rows:
                rows[ticket.lane].append(row)

    def _is_graphic(self, ticket_id: int) -> bool:
        ticket = self._store.tickets.get(ticket_id)
        return ticket is not None and self._rules.exposure.holds(ticket)
