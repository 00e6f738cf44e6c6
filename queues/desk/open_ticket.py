"""A ticket that begins with a message of ours: its customer, its lane, and how undo leaves it."""

from __future__ import annotations

from data.errors import RuleError
from data.records.changes import Change, NewTicket
from data.records.customers import Customer, Identity
from data.records.messages import Direction, MessageKind
from data.records.tickets import UNKNOWN_LANGUAGE, Priority, Status, Ticket
from data.safe_text import shortened
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import is_person
from queues.desk.route_again import LANE_ASKED
from queues.desk.ticket_fields import write_fields
from queues.ground.undo_steps import REPLY, Step, part_of
from queues.outgoing import mail_bytes
from queues.routing.conditions import Facts
from queues.routing.rules import route


def open_ticket(
    store: Store, rules: DeskRules, asked: NewTicket, action: int, now: int, agent: str
) -> tuple[Ticket, list[Step]]:
    """Store the ticket, without its message yet; return it and the steps. Raises RuleError for what cannot be sent.

    Undo leaves it closed and empty: a number is never given twice.
    """
    connector = _connector(store, rules, asked)
    if not is_person(asked.to, rules.our_addresses):
        why = f"{asked.to or 'nothing'} is ours, a mailer daemon's or not a mail address; name another."
        raise RuleError("Not written", f"A new ticket needs someone to write to: {why}")
    subject = shortened(mail_bytes.one_line(asked.subject))
    if not subject:
        raise RuleError("No subject", "A new ticket needs a subject; say in a few words what it is about.")
    lanes = [lane.name for lane in rules.lanes]
    if asked.lane and asked.lane not in lanes:
        raise RuleError("No such lane", f"There is no lane {asked.lane}; the lanes are {', '.join(lanes)}.")
    customer = _customer(store, asked, now)
    language, confidence, source = _language(store, rules, asked, customer)
    facts = Facts(
        language=language, confidence=confidence, connector=connector, to=(asked.to.casefold(),), subject=subject,
        text=asked.text, tier=customer.tier,
    )  # fmt: skip
    lane = asked.lane or route(rules.routing, facts, rules.lanes).lane
    shell = Ticket(
        id=0, lane=lane, status=Status.CLOSED, priority=Priority.NORMAL, subject=subject,
        customer_id=customer.id, created_at=now, updated_at=now, language=language, confidence=confidence,
        language_source=source, connector=connector, assignee=agent,
    )  # fmt: skip
    number = store.tickets.insert(shell)
    said = {"connector": connector, "direction": Direction.OUT, "kind": MessageKind.MAIL}
    said |= {LANE_ASKED: asked.lane} if asked.lane else {}
    store.events.add(action, number, now, agent, "received", said)
    stored = store.tickets.get(number)
    assert stored is not None
    steps = part_of(REPLY, write_fields(store, stored, {"status": Status.OPEN}))
    opened = store.tickets.get(number)
    assert opened is not None
    return opened, steps


def first_reply(asked: NewTicket, change: Change) -> str:
    """Describe the action: `written to ana@x.example`, and what else the change does."""
    more = f", {change.status}" if change.status is not None else ""
    return f"written to {asked.to}{more}"


def _connector(store: Store, rules: DeskRules, asked: NewTicket) -> str:
    """Return the connector that the mail leaves through: the one that is named, the first account, or the newest's."""
    if asked.connector:
        if asked.connector not in rules.senders:
            accounts = ", ".join(name.partition(":")[2] for name in rules.senders) or "none yet"
            named = asked.connector.partition(":")[2] or asked.connector
            raise RuleError("No such account", f"There is no mail account {named}; the accounts are: {accounts}.")
        return asked.connector
    if rules.mail_connector:
        return rules.mail_connector
    newest = store.tickets.get(store.tickets.newest())
    if newest is None or not mail_bytes.carries_cc(newest.connector) or ":" in newest.connector:
        raise RuleError(
            "No mail account", "There is no mail account to write from; add one with `tridesk account add`."
        )
    return newest.connector


def _customer(store: Store, asked: NewTicket, now: int) -> Customer:
    """Return the customer of the address, new or known."""
    identity = Identity("email", asked.to.casefold(), now)
    number = store.customers.find((identity,))
    known = store.customers.get(number) if number is not None else None
    if known is not None:
        return known
    name = shortened(mail_bytes.one_line(asked.name)) or asked.to
    fresh = Customer(0, name, (identity,), language=asked.language or UNKNOWN_LANGUAGE, created_at=now)
    stored = store.customers.get(store.customers.insert(fresh))
    assert stored is not None
    return stored


def _language(store: Store, rules: DeskRules, asked: NewTicket, customer: Customer) -> tuple[str, float, str]:
    """Return the ticket's language: as named, as the customer wrote before, else that of the text if it is sure."""
    if asked.language:
        return asked.language, 1.0, "agent"
    earlier = store.customers.language_of(customer.id)
    if earlier:
        return earlier, 1.0, "customer"
    from queues.language.detector import detect  # the detector takes a tenth of a second to load

    seen = detect(asked.text)
    if seen.language != UNKNOWN_LANGUAGE and seen.confidence >= rules.sure:
        return seen.language, seen.confidence, "auto"
    return UNKNOWN_LANGUAGE, seen.confidence, "auto"
