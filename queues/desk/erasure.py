"""Erasing a person, legal holds and retention: what the desk checks and records around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data.errors import RuleError
from data.records.customers import Customer, LegalHold
from data.records.tickets import Status
from data.store import Store
from data.tables.event_chain import sealed
from data.tables.events import NO_TICKET
from queues.desk.desk_rules import DeskRules
from queues.desk.ticket_fields import with_clocks, write_fields
from queues.ground.statuses import DONE

ERASED, EXPIRED = "erased", "expired"
"""Kinds of events: a person was erased on request; a ticket's content was erased because it was old."""
HELD, LIFTED = "legal hold", "legal hold lifted"
DAY = 86_400
_AT_A_TIME = 200
"""Tickets whose content is erased in one transaction."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing a person changes, or would."""

    customer: Customer
    tickets: tuple[int, ...]
    messages: int
    rows: Mapping[str, int]
    """Changed rows by table; empty for a dry run."""
    names_elsewhere: tuple[int, ...]
    """Other tickets that hold the person's whole name. They are left: the name may be another's."""
    mail_ids: tuple[str, ...] = ()
    """The Message-IDs of mails that went out, of which copies may be in the outbox folder."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Erase the content of finished tickets once nothing happened to them for a time."""

    days: int
    lane: str = ""
    """Empty for every lane."""
    kind: str = ""
    """The kind of the ticket's first message, such as `spam`; empty for every kind."""


def to_erase(store: Store, customer_id: int) -> Erasure:
    """Return what erasing the customer would change. Raises RuleError if it is not allowed now."""
    customer = store.customers.get(customer_id)
    if customer is None:
        raise RuleError("No such customer", f"There is no customer {customer_id}; check the number.")
    refuse_held(store, customer_id)
    subject = store.personal.of_customer(customer_id)
    waiting = store.personal.waiting_replies(subject)
    if waiting:
        raise RuleError(
            "Replies wait",
            f"{waiting} {'reply' if waiting == 1 else 'replies'} of customer {customer_id} did not leave yet; "
            "`tridesk outbox list` shows them, decide about them first.",
        )
    ids = tuple(store.personal.outgoing_ids(subject))
    elsewhere = tuple(store.personal.elsewhere(subject))
    return Erasure(customer, subject.tickets, len(subject.messages), {}, elsewhere, ids)


def refuse_held(store: Store, customer_id: int) -> None:
    """Raise RuleError if the customer's data must be kept."""
    hold = store.legal_holds.of(customer_id)
    if hold is not None:
        raise RuleError(
            "Legal hold",
            f"The data of customer {customer_id} must be kept ({hold.reason}, {hold.actor}); "
            "`tridesk legal-hold --lift` ends that.",
        )


def erase(store: Store, rules: DeskRules, customer_id: int, reason: str, now: int, agent: str) -> Erasure:
    """Erase a customer, and record who did it and why. It cannot be undone. Raises RuleError if it is not allowed."""
    if not reason.strip():
        raise RuleError("No reason", "Erasing is recorded with its reason; give one with --reason.")
    with store.write():
        planned = to_erase(store, customer_id)
        for number in planned.tickets:
            _close(store, rules, number, now)
        rows, seals = store.personal.erase(store.personal.of_customer(customer_id))
        action = store.actions.begin(agent, now)
        for number in dict.fromkeys([*planned.tickets, *seals]):
            detail = {"reason": reason, "customer": customer_id, **sealed(seals.get(number, {}))}
            store.events.add(action, number, now, agent, ERASED, detail)
        detail = {"reason": reason, "customer": customer_id, "tickets": len(planned.tickets)}
        store.events.add(action, NO_TICKET, now, agent, ERASED, detail)
    store.rewrite()
    return replace(planned, rows=rows)


def _close(store: Store, rules: DeskRules, number: int, now: int) -> None:
    """Close a ticket that still waits: nothing can be answered on it."""
    ticket = store.tickets.get(number)
    if ticket is None or ticket.status in DONE or ticket.status is Status.HISTORY:
        return
    fields = {"status": Status.CLOSED, "snoozed_until": None, "updated_at": now}
    write_fields(store, ticket, with_clocks(store, rules, ticket, fields, now))


def hold(store: Store, customer_id: int, reason: str, now: int, agent: str) -> LegalHold:
    """Keep a customer's data from being erased. Raises RuleError without a reason, or if it is held already."""
    if not reason.strip():
        raise RuleError("No reason", "A legal hold is recorded with its reason; give one with --reason.")
    with store.write():
        refuse_held(store, customer_id)
        store.legal_holds.insert(customer_id, reason.strip(), now, agent)
        action = store.actions.begin(agent, now)
        store.events.add(action, NO_TICKET, now, agent, HELD, {"customer": customer_id, "reason": reason.strip()})
        made = store.legal_holds.of(customer_id)
    assert made is not None
    return made


def lift(store: Store, customer_id: int, now: int, agent: str) -> None:
    """End a legal hold. Raises RuleError if there is none."""
    with store.write():
        if not store.legal_holds.lift(customer_id, now, agent):
            raise RuleError("No legal hold", f"There is no legal hold on customer {customer_id}.")
        action = store.actions.begin(agent, now)
        store.events.add(action, NO_TICKET, now, agent, LIFTED, {"customer": customer_id})


def expired(store: Store, rules: Sequence[RetentionRule], now: int) -> list[tuple[RetentionRule, list[int]]]:
    """Return for each rule the tickets that it would erase; the first rule that fits a ticket counts."""
    taken: set[int] = set()
    plan = []
    for rule in rules:
        tickets = [
            number for number in store.personal.aged(rule.lane, rule.kind, now - rule.days * DAY) if number not in taken
        ]
        taken.update(tickets)
        plan.append((rule, tickets))
    return plan


def expire(store: Store, rules: Sequence[RetentionRule], now: int, agent: str) -> int:
    """Erase the content of old tickets by these rules; return how many. Statuses, times and figures stay."""
    done = 0
    for rule, tickets in expired(store, rules, now):
        for start in range(0, len(tickets), _AT_A_TIME):
            batch = tickets[start : start + _AT_A_TIME]
            with store.write():
                subject = store.personal.of_tickets(batch)
                if store.personal.waiting_replies(subject):
                    continue
                _, seals = store.personal.erase(subject)
                action = store.actions.begin(agent, now)
                for number in batch:
                    detail = {"days": rule.days, **sealed(seals.get(number, {}))}
                    store.events.add(action, number, now, agent, EXPIRED, detail)
            done += len(batch)
    if done:
        store.rewrite()
    return done
