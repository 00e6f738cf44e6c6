"""Files an incoming message: duplicate or not, whose it is, which ticket it joins, where a new one goes and by when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.records.customers import Customer, Identity
from data.records.escalations import Escalation, EscalationState
from data.records.incoming import Incoming, Received
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import UNKNOWN_LANGUAGE, Status, Ticket
from data.safe_text import shortened
from data.store import Store
from queues.clocks import sla
from queues.desk import customer_language as address
from queues.desk import escalations, sorting
from queues.desk.desk_rules import DeskRules
from queues.desk.find_ticket import find_ticket
from queues.desk.ticket_fields import clocks, with_clocks, write_fields
from queues.ground import statuses
from queues.mail.kind import is_form
from queues.mail.senders import unmasked
from queues.quality import csat
from queues.quotes.only_thanks import only_thanks
from queues.routing import rules as routing

INTAKE = "intake"
"""Who the events of incoming messages name."""


class Receiving:
    """Files messages inside the transaction that the desk holds."""

    def __init__(self, store: Store, rules: DeskRules) -> None:
        self._store = store
        self._rules = rules

    def file(self, item: Incoming, action: int, now: int) -> Received:
        """Store one message and return what became of it; only its raw bytes keep a subject or a name of any length."""
        item = replace(
            item,
            subject=shortened(item.subject),
            from_name=shortened(item.from_name),
            customer_name=shortened(item.customer_name),
            reply_name=shortened(item.reply_name),
            behind_name=shortened(item.behind_name),
        )
        if item.direction is Direction.IN:
            item = unmasked(item, self._rules.ours)
        content = item.content_hash or item.raw_sha256
        known = self._store.messages.ticket_of_content(content) if content else None
        if known is not None:
            self._store.messages.file_raw(item.raw_sha256)
            return Received(known, "duplicate")
        arrived = item.received_at if item.received_at is not None else now
        child = escalations.child_of(self._store, item)
        if child is not None and (
            item.message_id == child.message_id or escalations.is_from_team(child, item, self._rules.teams)
        ):
            item = sorting.settled(item, answers_us=True)
            return self._take_answer(child, item, content, arrived, action)
        customer = self._customer(item, arrived)
        ticket_id, trusted = find_ticket(self._store, item, customer.id)
        # with another team's id but from none of its addresses, what opens a ticket is not trusted
        trusted = trusted and child is None
        ticket_id = ticket_id if ticket_id is not None else csat.ticket_of(self._store, item, customer.id)
        ticket = self._store.tickets.get(ticket_id) if ticket_id is not None else None
        if ticket is not None:
            item = sorting.settled(item, answers_us=self._answers_us(ticket, item), subject=ticket.subject)
        if item.kind is MessageKind.SPAM:
            ticket = None  # in no conversation: what is suspended stands in one place
        rated = self._rating(ticket, item, customer, arrived)
        if csat.alone(rated, item):
            item = replace(item, kind=MessageKind.RATING)
        if ticket is None or (self._is_over(ticket, arrived) and not csat.alone(rated, item)):
            number, message = self._open(item, customer, content, arrived, action, trusted=trusted)
            outcome = "new" if item.readable else "unreadable"
        else:
            number, outcome = ticket.id, "joined"
            message = self._join(ticket, item, content, arrived, action)
        if rated is not None:
            csat.keep(self._store, rated, message, arrived, action, INTAKE)
        return Received(number, outcome)

    def _answers_us(self, ticket: Ticket, item: Incoming) -> bool:
        """Tell whether a message names one that we sent in its ticket, or another system put it there."""
        return bool(item.external_ref) or any(
            self._store.messages.ours(ticket.id, value) is not None for value in item.references
        )

    def _rating(self, ticket: Ticket | None, item: Incoming, customer: Customer, arrived: int) -> csat.Answer | None:
        """Return what the message says of how we did, where we asked."""
        if ticket is None:
            return None
        return csat.answer(self._store, ticket, item, customer.id, arrived, self._rules.rating_days)

    def _take_answer(self, child: Escalation, item: Incoming, content: str, arrived: int, action: int) -> Received:
        """File another team's mail as a note of the ticket that was escalated, and wake it; our own mail is known."""
        if item.message_id == child.message_id:
            self._store.messages.file_raw(item.raw_sha256)
            return Received(child.ticket_id, "duplicate")
        ticket = self._store.tickets.get(child.ticket_id)
        assert ticket is not None  # a foreign key
        self._add(ticket.id, replace(item, direction=Direction.NOTE), content, arrived, refer=False)
        fields: dict[str, Any] = {"updated_at": max(arrived, ticket.updated_at)}
        detail: dict[str, Any] = {"connector": item.connector, "escalation": child.id}
        if _came_back(item) or item.kind not in sorting.UNHEARD:
            state = EscalationState.RETURNED if item.kind is MessageKind.BOUNCE else EscalationState.ANSWERED
            escalations.turned(self._store, child, replace(child, state=state, settled_at=arrived))
            fields |= {"status": escalations.wakes(ticket.status), "snoozed_until": None}
            detail["state"] = state
        fields = with_clocks(self._store, self._rules, ticket, fields, arrived)
        write_fields(self._store, ticket, fields)
        self._store.events.add(action, ticket.id, arrived, INTAKE, "team answer", detail)
        return Received(ticket.id, "joined")

    def _open(
        self, item: Incoming, customer: Customer, content: str, arrived: int, action: int, *, trusted: bool
    ) -> tuple[int, int]:
        """Open a ticket; return its number and that of its message."""
        language, confidence, source = self._language(item, customer)
        facts = replace(routing.facts_of(item), language=language, tier=customer.tier)
        route = routing.route(self._rules.routing, facts)
        tags = route.tags if trusted else (*route.tags, "unverified")
        if item.direction is Direction.IN:
            tags = (*tags, *sorting.tags(item))
        lanes = [lane.name for lane in self._rules.lanes]
        lane = route.lane if route.lane in lanes else lanes[0]
        ticket = Ticket(
            id=0, lane=lane, status=Status.NEW, priority=route.priority, subject=item.subject or "(no subject)",
            customer_id=customer.id, created_at=arrived, updated_at=arrived, severity=route.severity, language=language,
            confidence=confidence, language_source=source, connector=item.connector, external_ref=item.external_ref,
            reason=route.reason, topic=route.topic, procedure=route.procedure, tags=tuple(dict.fromkeys(tags)),
        )  # fmt: skip
        if item.direction is Direction.OUT:
            ticket = replace(ticket, status=Status.PENDING, touches=1, first_replied_at=arrived)
        elif item.kind in sorting.UNHEARD:
            ticket = replace(ticket, status=Status.SUSPENDED)
        ticket = replace(ticket, **clocks(self._store, self._rules, ticket, arrived))
        number = self._store.tickets.insert(ticket)
        message = self._add(number, item, content, arrived, refer=ticket.status is not Status.SUSPENDED)
        detail: dict[str, Any] = {**_origin(item), "reason": route.reason}
        self._store.events.add(action, number, arrived, INTAKE, "received", detail)
        return number, message

    def _join(self, ticket: Ticket, item: Incoming, content: str, arrived: int, action: int) -> int:
        """Add a message to its ticket; return the message's number."""
        message = self._add(ticket.id, item, content, arrived)
        fields: dict[str, Any] = {"updated_at": max(arrived, ticket.updated_at)}
        if item.direction is Direction.OUT:
            fields["touches"] = ticket.touches + 1
            waiting_since, _ = self._store.messages.last_times(ticket.id)
            if waiting_since is None:  # else the customer wrote after this was sent
                fields["status"] = statuses.after_reply(ticket.status)
            fields["first_replied_at"] = arrived if ticket.first_replied_at is None else ticket.first_replied_at
        elif item.direction is Direction.NOTE:
            pass  # what agents tell each other elsewhere wakes nobody
        elif _came_back(item):
            fields |= self._lost(ticket, item)
        elif item.kind not in sorting.UNHEARD:
            fields |= self._heard(ticket, item)
            tags = (*fields.get("tags", ticket.tags), *sorting.tags(item))
            fields["tags"] = tuple(dict.fromkeys(tags))
        fields = with_clocks(self._store, self._rules, ticket, fields, arrived)
        write_fields(self._store, ticket, fields)
        changed = {
            name: [getattr(ticket, name), value] for name, value in fields.items() if getattr(ticket, name) != value
        }
        self._store.events.add(action, ticket.id, arrived, INTAKE, "received", {**_origin(item), "changed": changed})
        return message

    def _is_over(self, ticket: Ticket, arrived: int) -> bool:
        """Tell whether the ticket was solved so long ago that a new message is a new matter."""
        days = self._rules.reopen_days
        return bool(days) and ticket.solved_at is not None and arrived - ticket.solved_at > days * sla.DAY

    def _lost(self, ticket: Ticket, item: Incoming) -> dict[str, Any]:
        """Return what follows when our own reply did not arrive: the ticket is ours again, and says why."""
        lost = [value for value in item.references if self._store.outbox.bounced(value, "it came back undelivered")]
        if not lost:
            return {}
        tags = tuple(dict.fromkeys((*ticket.tags, "bounced")))
        return {"status": statuses.after_incoming(ticket.status), "snoozed_until": None, "tags": tags}

    def _heard(self, ticket: Ticket, item: Incoming) -> dict[str, Any]:
        """Return what the customer's new word changes: the status, the language, a snooze that ends."""
        if ticket.status is Status.SOLVED and not self._rules.thanks_reopen and only_thanks(item):
            return {}
        status = statuses.after_incoming(ticket.status)
        fields: dict[str, Any] = {"status": status, "snoozed_until": None}
        if statuses.reopens(ticket.status, status):
            fields |= {"reopens": ticket.reopens + 1, "solved_at": None}
        sure = item.language != UNKNOWN_LANGUAGE and item.confidence >= self._rules.sure
        if sure and ticket.language == UNKNOWN_LANGUAGE:
            fields |= address.spoken(self._store, self._rules, ticket, item.language, item.confidence, "auto")
        elif sure and ticket.language_source != "agent":
            fields |= {"language": item.language, "confidence": item.confidence, "language_source": "auto"}
        return fields

    def _add(self, ticket_id: int, item: Incoming, content: str, arrived: int, *, refer: bool = True) -> int:
        message = Message(
            id=0, ticket_id=ticket_id, direction=item.direction, kind=item.kind, from_name=item.from_name,
            from_address=item.from_address, subject=item.subject, text=item.text, new_text=item.new_text,
            at=item.at if item.at is not None else arrived, received_at=arrived, language=item.language,
            confidence=item.confidence, message_id=item.message_id, reply_to=item.reply_to, raw_sha256=item.raw_sha256,
            readable=item.readable, attachments=item.attachments, mixed=item.mixed,
            recipients=item.to, named_lane=item.lane, signs=item.signs,
        )  # fmt: skip
        number = self._store.messages.insert(message, content_hash=content)
        if refer:  # who answers another team's mail, and spam, does not take part in a customer's conversation
            own = (item.message_id,) if item.message_id else ()
            self._store.messages.refer(ticket_id, (*own, *item.references))
        return number

    def _customer(self, item: Incoming, arrived: int) -> Customer:
        """Return the customer that the message is from (or to, where it is our own), new or known."""
        if item.direction is not Direction.IN:
            pairs = (("handle", item.handle), *(("email", address) for address in item.to[:1]))
            identities = tuple(Identity(kind, value.casefold(), arrived) for kind, value in pairs if value)
            name = item.customer_name or (item.to[0] if item.to else "?")
        else:
            identities = identities_of(item, arrived)
            name = _name_of(item) or (identities[0].value if identities else "?")
        number = self._store.customers.find(identities)
        found = self._store.customers.get(number) if number is not None else None
        if found is not None:
            self._store.customers.add_identities(found.id, identities)
            return found
        language = item.customer_language or UNKNOWN_LANGUAGE
        tier = item.customer_tier or "standard"
        customer = Customer(0, name, identities, language=language, tier=tier, created_at=arrived)
        return replace(customer, id=self._store.customers.insert(customer))

    def _language(self, item: Incoming, customer: Customer) -> tuple[str, float, str]:
        """Return the ticket's language: the message's own where sure, else what the customer wrote before."""
        if item.language != UNKNOWN_LANGUAGE and item.confidence >= self._rules.sure:
            return item.language, item.confidence, "auto"
        earlier = self._store.customers.language_of(customer.id)
        if earlier:
            return earlier, item.confidence, "customer"
        return UNKNOWN_LANGUAGE, item.confidence, "auto"


def identities_of(item: Incoming, arrived: int = 0) -> tuple[Identity, ...]:
    """Return the ways by which the sender is known, the surest first; `arrived` is when they were first seen."""
    if item.behind_address and item.direction is Direction.IN:
        # a group that is not ours may name anybody: somebody of their own, neither the group nor who is named
        pairs = [("via", f"{item.behind_address} via {item.from_address}")]
    else:
        pairs = [("handle", item.handle), ("email", item.reply_to if _is_form(item) else item.from_address)]
    return tuple(Identity(kind, value.casefold(), arrived) for kind, value in pairs if value)


def _is_form(item: Incoming) -> bool:
    """Tell whether a web form writes in its own name; the customer stands in Reply-To."""
    told = item.kind is MessageKind.SPAM and is_form(item.from_address, item.reply_to)
    return told or (bool(item.reply_to) and item.kind is MessageKind.FORM)


def _name_of(item: Incoming) -> str:
    return (item.reply_name if _is_form(item) else item.behind_name) or item.from_name


def _came_back(item: Incoming) -> bool:
    """Tell whether a mail says that ours did not arrive; a report may also say that it was late, or arrived."""
    return item.kind is MessageKind.BOUNCE and item.delivery in ("", "failed")


def _origin(item: Incoming) -> dict[str, Any]:
    """Return what the event keeps of a message's coming: names only."""
    return {"connector": item.connector, "direction": item.direction, "kind": item.kind}
