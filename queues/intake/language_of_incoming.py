"""The language of incoming messages, using what the desk knows: the customer, the market, and our own texts.

A connector or the helper guesses from the text alone. Here it is repeated if more knowledge may change it.
It runs in the worker that fetches, with that worker's own store, before the one door is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from data.records.customers import Identity
from data.records.incoming import Incoming
from data.records.messages import Direction
from data.records.tickets import UNKNOWN_LANGUAGE
from data.store import Store
from queues.desk.recognisers.customers import identities_of
from queues.language.detector import detect
from queues.language.priors import market_of
from queues.language.templates import KnownTexts
from queues.mail.senders import unmasked

REMEMBERED = 20_000
"""Customers whose last language is kept in memory, so that a batch knows what it brought itself."""
OWN_REPLIES = 300
"""Our newest texts that every message is compared with; the customer's own conversation is besides."""
REPLIES_TO_CUSTOMER = 5
LONGEST = 10_000
"""Characters looked at."""


class Recogniser:
    """Names languages for one store. Use it from the store's thread."""

    def __init__(
        self,
        store: Store,
        *,
        own_texts: Iterable[str] = (),
        market: Mapping[str, float] | None = None,
        sure: float = 0.9,
        own_addresses: Collection[str] = (),
    ) -> None:
        """Take our texts (macros, automatic replies) and the market's shares; the store's sent texts are added.

        `own_addresses` (lower case) are ours: mail that they forward belongs to its original sender.
        """
        self._store = store
        self._market = market_of(market or {})
        self._sure = sure
        self._own = own_addresses
        self._known = KnownTexts([*own_texts, *store.messages.newest_sent(OWN_REPLIES)])
        self._lately: dict[Identity, str] = {}

    def recognised(self, items: Sequence[Incoming]) -> list[Incoming]:
        """Return the messages with their languages, in order."""
        return [self._with_language(item) for item in items]

    def _with_language(self, item: Incoming) -> Incoming:
        if item.direction is not Direction.IN or not item.readable:
            return item
        item = unmasked(item, self._own)
        identities = identities_of(item)
        customer = self._store.customers.find(identities)
        incoming = self._asked(item, self._earlier(item, identities, customer), self._own_texts(customer))
        if incoming.language != UNKNOWN_LANGUAGE and incoming.confidence >= self._sure:
            if len(self._lately) >= REMEMBERED:
                self._lately.clear()
            self._lately |= dict.fromkeys(identities, incoming.language)
        return incoming

    def _asked(self, item: Incoming, earlier: str, known: KnownTexts) -> Incoming:
        """Detect, unless the guess was sure and nothing that we know speaks against it."""
        text = (item.new_text or item.text)[:LONGEST]
        sure = item.language != UNKNOWN_LANGUAGE and item.confidence >= self._sure
        if sure and earlier in ("", item.language) and known.subtract(text) == text:
            return item
        detection = detect(text, customer_language=earlier, market=self._market, known_texts=known, cut=self._sure)
        return replace(
            item, language=detection.language, confidence=detection.confidence, mixed="+".join(detection.mixed)
        )

    def _own_texts(self, customer: int | None) -> KnownTexts:
        sent = self._store.messages.sent_to(customer, REPLIES_TO_CUSTOMER) if customer is not None else []
        return KnownTexts(sent, over=self._known) if sent else self._known

    def _earlier(self, item: Incoming, identities: Sequence[Identity], customer: int | None) -> str:
        """Return what the customer wrote before: as remembered, as of the newest ticket, or as just brought in."""
        stored = self._store.customers.language_of(customer) if customer is not None else ""
        lately = next((self._lately[identity] for identity in identities if identity in self._lately), "")
        return stored or lately or (item.customer.language if item.customer.language != UNKNOWN_LANGUAGE else "")
