"""The input of a replay: every past message that needed an answer, with its clock and handling time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from data.records.tickets import Ticket
from data.store import Store
from queues.clocks import sla
from queues.clocks.calendar import ALWAYS, Calendar
from queues.figures.handling import Handled, expected, handled
from queues.figures.replay import Request
from queues.figures.ticket_history import History, history
from queues.next_up.graphic_content import NO_EXPOSURE, Exposure
from queues.next_up.urgency import DEFAULT_HANDLE_SECONDS


def past_requests(
    store: Store,
    since: int,
    until: int,
    policies: Sequence[sla.Policy],
    calendars: Mapping[str, Calendar],
    exposure: Exposure = NO_EXPOSURE,
) -> tuple[list[Request], dict[str, int]]:
    """Return the requests of the period and the lanes' usual handle seconds.

    Their clocks are set by the given policies, and `exposure` determines which are graphic. Lane, severity and
    priority are those of the ticket now. A request without a known handle time gets its lane's usual one.
    """
    work = list(handled(store.events.work(0, until)))
    usual = expected(work, {number: lane for number, lane, _, _ in store.tickets.facts()})
    took = {(action.ticket_id, action.at): action for action in work}
    requests = []
    for number, events in store.events.lives(until, since=since):
        ticket = store.tickets.get(number)
        if ticket is not None:
            replies = store.messages.replies([number], until).get(number, ())
            life = history(number, ticket.created_at, events, replies)
            tier, graphic = _tier(store, ticket), exposure.holds(ticket)
            requests += [
                replace(
                    _request(ticket, at, first, took.get((number, answered or 0)), usual, tier, policies, calendars),
                    answered_at=answered,
                    graphic=graphic,
                )
                for at, answered, first in _asked(life)
                if since <= at < until
            ]
    return requests, usual


def _asked(life: History) -> Iterator[tuple[int, int | None, bool]]:
    """Yield each request's time, its answer's time, and whether it was the first reply."""
    for place, reply in enumerate(life.replies):
        if reply.waiting_since is not None:
            yield reply.waiting_since, reply.at, place == 0
    if life.waiting_since is not None and life.is_open:
        yield life.waiting_since, None, not life.replies


def _request(
    ticket: Ticket,
    at: int,
    first: bool,
    work: Handled | None,
    usual: Mapping[str, int],
    tier: str,
    policies: Sequence[sla.Policy],
    calendars: Mapping[str, Calendar],
) -> Request:
    policy = sla.policy_of(ticket, tier, policies)
    due = None
    if policy is not None:
        target = policy.first_reply if first else policy.next_reply
        due = None if target is None else calendars.get(policy.calendar, ALWAYS).add(at, target)
    seconds = work.seconds if work is not None else usual.get(ticket.lane, DEFAULT_HANDLE_SECONDS)
    return Request(ticket.id, ticket.lane, at, due, seconds, ticket.severity, ticket.priority)


def _tier(store: Store, ticket: Ticket) -> str:
    customer = store.customers.get(ticket.customer_id)
    return customer.tier if customer is not None else "standard"
