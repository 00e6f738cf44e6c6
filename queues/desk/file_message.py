"""Files an incoming message: it passes the list of recognisers, and the first that recognises it files it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.records.incoming import Incoming, Received
from data.records.messages import Direction
from data.safe_text import shortened
from data.store import Store
from queues.desk import sorting
from queues.desk.desk_rules import DeskRules
from queues.desk.harm_memory import HarmMemory
from queues.desk.recognisers.arrival import INTAKE, Arrival
from queues.desk.recognisers.registry import RECOGNISERS
from queues.mail.senders import unmasked
from queues.quality import csat


class MessageFiler:
    """Files messages inside the desk's transaction."""

    def __init__(self, store: Store, rules: DeskRules) -> None:
        self._store = store
        self._rules = rules
        self._memory = HarmMemory(store)

    def file_all(self, items: Sequence[Incoming], action: int, now: int) -> list[Received]:
        """Store messages, with their ratings if they have some, and return the result for each, in order."""
        self._memory.renew()
        return [self.file(item, action, now) for item in items]

    def file(self, item: Incoming, action: int, now: int) -> Received:
        """Store a message, with its rating if it has one, and return the result."""
        at = item.received_at if item.received_at is not None else now
        arrival = Arrival(self._store, self._rules, self._memory, _ready(item, self._rules), action, at)
        received = next(filed for recognise in RECOGNISERS if (filed := recognise(arrival)) is not None)
        if arrival.rated is not None:
            csat.keep(self._store, arrival.rated, arrival.message, at, action, INTAKE)
        return received


def _ready(item: Incoming, rules: DeskRules) -> Incoming:
    """Return the message with the sender behind a mail group, and names of bounded length; the raw bytes keep all."""
    item = replace(
        item,
        subject=shortened(item.subject),
        from_name=shortened(item.from_name),
        reply_name=shortened(item.reply_name),
        customer=replace(item.customer, name=shortened(item.customer.name)),
        original_sender=replace(item.original_sender, name=shortened(item.original_sender.name)),
    )
    if item.direction is not Direction.IN:
        return item
    return sorting.by_sender(unmasked(item, rules.our_addresses), rules.blocked_senders, rules.trusted_senders)
