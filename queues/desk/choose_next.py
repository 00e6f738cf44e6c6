"""The order of work: one for the key `.`, `tridesk next` and `tridesk list`, from the store's current state alone.

What the agent skipped, and which graphic texts they have just seen, is read from their events: every window and every
command of theirs gives the same order.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from data.records.changes import Event
from data.records.tickets import ACTIVE, LaneRow, Priority, Severity, Status, Ticket
from data.store import Store
from queues.desk.assigning import why_assigned
from queues.figures.handling import EXPECTED_FROM, IDLE, expected, handled
from queues.next_up.graphic_content import Exposure, Rest, lighter
from queues.next_up.offers import PASSED_FOR, Offers, passed_last
from queues.next_up.urgency import NextUp, Waiting, ranked, tiers
from queues.promises.find_promises import SOON
from queues.routing.lanes import waiting_lanes

SKIPPED, PICKED, REVEALED = "skipped", "picked", "revealed"
"""Events that do not change their ticket: passed over, taken out of turn, folded text shown."""
_WORK = frozenset({"reply", "note", "change"})
_LEARN_EVERY = 1800
"""Seconds for which learned handle times are cached."""
_RESTED = 4 * 3600
"""Seconds after which graphic text that was seen no longer asks for an easier ticket."""
_RECENT = 5000
"""How many of the newest events are looked through for what the agent did last."""
_AHEAD = 50
"""How many tickets of the order the next one is chosen from."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A ticket that was taken out of turn."""

    rank: int
    """Its place in the order, from 1."""
    first: int
    """The ticket whose turn it was."""


def _outline(number: int, priority: Priority, severity: Severity | None, due: int | None) -> LaneRow:
    """Return a row with nothing but what a ticket ranks by."""
    return LaneRow(number, "", "", Status.OPEN, priority, severity, "", due, 0, 0, "", False, 0)


class Choosing:
    """Used in the thread of its store, for one agent."""

    def __init__(
        self, store: Store, exposure: Exposure, agent: str, logins: Collection[str] = (), *, assigns: bool = False
    ) -> None:
        """`logins` are the agent's names in other systems, by which notes may mention them.

        Where tickets are assigned by rules (`assigns`), those of colleagues are not offered, unless someone is at risk.
        """
        self._logins, self._assigns = logins, assigns
        self._store, self._exposure, self._agent = store, exposure, agent
        self._offers = Offers()
        self._usual: Mapping[str, int] = {}
        self._learned_at = -_LEARN_EVERY

    def next_up(self, now: int, leaving: int | None = None, holding: int | None = None) -> NextUp | None:
        """Return the most urgent ticket of all lanes except `leaving`, and why; None if nothing waits.

        No easier ticket is put before the one that the agent is `holding`.
        """
        order, because = self._in_turn(now, leaving=leaving, holding=holding)
        if not order:
            return None
        why = why_assigned(self._store, order[0].row.id, [self._agent])
        assigned = f"assigned to you: {why}" if why else ""
        chosen = order[0].chosen(now, ", ".join(filter(None, (because, assigned))))
        self._offers.offered(chosen.ticket_id)
        return chosen

    def order(self, now: int, *, limit: int, lanes: Sequence[str] | None = None) -> list[Waiting]:
        """Return the first tickets in the order in which they are offered, of these lanes (all if None).

        Tickets that the agent passed over come last; what another team holds is left out (`held`).
        """
        return self._in_turn(now, limit=limit, lanes=lanes)[0][:limit]

    def held(self, now: int, *, lanes: Sequence[str] | None = None) -> list[Waiting]:
        """Return the active tickets that are not offered, most urgent first: another team or a colleague has them."""
        held = {*self._store.escalations.held(now)}
        held |= {*self._store.tickets.of_others([self._agent])} if self._assigns else set()
        return ranked(self._by_lane(self._store.tickets.rows(held), lanes), now, self.usual_seconds(now))

    def worked(self, ticket_id: int) -> None:
        """Record that a ticket was worked on: when it waits again it must be offered again."""
        self._offers.taken(ticket_id)

    def pick(self, ticket: Ticket, now: int) -> Pick | None:
        """Return the rank of a ticket that was not offered; None if it is the first, or not waiting."""
        if self._offers.was_offered(ticket.id) or ticket.status not in ACTIVE:
            return None
        order, _ = self._in_turn(now)
        rank = next((place for place, waiting in enumerate(order, 1) if waiting.row.id == ticket.id), len(order) + 1)
        return Pick(rank, order[0].row.id) if order and rank > 1 else None

    def _in_turn(
        self,
        now: int,
        *,
        limit: int = _AHEAD,
        lanes: Sequence[str] | None = None,
        leaving: int | None = None,
        holding: int | None = None,
    ) -> tuple[list[Waiting], str]:
        """Return the first tickets of the order, and why the first goes before more urgent ones, if it does."""
        recent = self._recent()
        passed = self._passed(recent, now)
        order = passed_last(self._ranked(now, limit + len(passed), lanes, leaving), passed)
        exposure = self._exposure
        if order and order[0].row.id != holding and self._rest(recent, now).is_due(exposure.light_between):
            usual, never = self.usual_seconds(now), exposure.never_wait
            waiting = [item for item in order if item.row.id not in passed] or order
            light = lighter(waiting, now, usual, lambda item: self._is_graphic(item.row.id), never)
            if light is not None:
                return [light, *(item for item in order if item is not light)], "interleaving an easier ticket"
        return order, ""

    def _ranked(self, now: int, limit: int, lanes: Sequence[str] | None, leaving: int | None) -> list[Waiting]:
        """Return the `limit` most urgent tickets that wait for us, and all with a late promise or escalation."""
        tickets, held = self._store.tickets, self._store.escalations.held(now)
        without = held.keys() | ({leaving} if leaving is not None else set())
        if self._assigns:
            without |= {*tickets.of_others([self._agent])}
        promised = {
            promise.ticket_id: promise.due_at
            for promise in reversed(self._store.promises.open(until=now + SOON))
            if promise.ticket_id != leaving
        }
        handed = {
            item.ticket_id: item.author
            for item in self._store.handovers.to([self._agent, *self._logins])
            if item.ticket_id != leaving
        }
        mentioned = {
            mention.ticket_id: mention.author
            for mention in self._store.mentions.of(self._logins, self._agent)
            if mention.ticket_id != leaving and mention.ticket_id not in handed
        }
        special = (
            {child.ticket_id for child in self._store.escalations.overdue(now)} - without
            | promised.keys()
            | mentioned.keys()
            | handed.keys()
        )
        plain = self._plain(now, limit, waiting_lanes(self._store) if lanes is None else lanes, without | special)
        rows = self._by_lane(tickets.rows({*special, *plain}), lanes)
        return ranked(rows, now, self.usual_seconds(now), promised, mentioned, handed)

    def _plain(self, now: int, limit: int, lanes: Sequence[str], without: Collection[int]) -> list[int]:
        """Return the most urgent tickets by severity, priority and clock alone, however many wait.

        The first of each stretch of time are enough, and later tiers are not looked at once there are `limit`.
        """
        left_out = json.dumps(sorted(without))
        picked: list[int] = []
        for tier in tiers(now):
            rows: dict[str, list[LaneRow]] = {}
            for lane, stretch, priority in product(lanes, tier, Priority):
                for number, due in self._store.tickets.in_turn(
                    lane, stretch.severity, priority, stretch.since, stretch.until, without=left_out, limit=limit
                ):
                    severity = Severity(stretch.severity) if stretch.severity else None
                    rows.setdefault(lane, []).append(_outline(number, priority, severity, due))
            picked += [waiting.row.id for waiting in ranked(rows, now, self.usual_seconds(now))]
            if len(picked) >= limit:
                break
        return picked[:limit]

    def _by_lane(self, rows: Iterable[LaneRow], lanes: Sequence[str] | None) -> dict[str, list[LaneRow]]:
        rows = list(rows)
        names = self._store.tickets.lanes_of([row.id for row in rows])
        by_lane: dict[str, list[LaneRow]] = {}
        for row in rows:
            if lanes is None or names[row.id] in lanes:
                by_lane.setdefault(names[row.id], []).append(row)
        return by_lane

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

    def _recent(self) -> list[Event]:
        newest = self._store.events.newest()
        return self._store.events.by(self._agent, newest - _RECENT, newest)

    def _passed(self, recent: Sequence[Event], now: int) -> set[int]:
        """Return the tickets that the agent skipped lately and that nothing has happened to since."""
        skipped = {
            event.ticket_id: event.at for event in recent if event.kind == SKIPPED and now - event.at < PASSED_FOR
        }
        return {row.id for row in self._store.tickets.rows(skipped) if row.updated_at <= skipped[row.id]}

    def _rest(self, recent: Sequence[Event], now: int) -> Rest:
        """Return how many easier tickets the agent worked on since the last graphic one; bulk work does not count."""
        rest = Rest()
        recent = [event for event in recent if now - event.at < _RESTED]
        by_action: dict[int, set[int]] = {}
        for event in recent:
            if event.kind in _WORK:
                by_action.setdefault(event.action, set()).add(event.ticket_id)
        for event in recent:
            if event.kind == REVEALED:
                rest.worked(event.ticket_id, graphic=True)
            elif event.kind in _WORK and len(by_action[event.action]) == 1:
                rest.worked(event.ticket_id, graphic=self._is_graphic(event.ticket_id))
        return rest

    def _is_graphic(self, ticket_id: int) -> bool:
        ticket = self._store.tickets.get(ticket_id)
        return ticket is not None and self._exposure.holds(ticket)
