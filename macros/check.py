"""Looks at a reply before it leaves. A hole, an empty reply and asking for a code stop it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from data.records import UNKNOWN_LANGUAGE, Change, Customer, Direction, Finding, Message, Ticket
from macros.check_rules import (
    addresses,
    attachment,
    card_numbers,
    forbidden,
    holes,
    inverted_marks,
    name,
    secrets,
    unanswered,
)

Detector = Callable[[str], tuple[str, float]]
"""Tells the language of a text, ISO 639-1 or `und`, and how sure it is from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Checker:
    """The checks before sending, as `data.protocols.ReplyChecker` wants them."""

    detect: Detector
    own_addresses: Collection[str] = field(default_factory=tuple)
    """Addresses (`help@shop.example`) or whole domains (`@shop.example`) that a reply may name."""
    sure: float = 0.8
    """How sure the detector has to be before a language is called wrong."""

    def __call__(
        self, change: Change, ticket: Ticket, customer: Customer, conversation: Sequence[Message]
    ) -> list[Finding]:
        """Return what is wrong with the reply, what blocks it first, then in the order of the text."""
        if change.reply is None:
            return []
        text = change.reply
        if not text.strip():
            return [Finding("empty", "The reply is empty; write something or leave it out.", blocking=True)]
        incoming = _unanswered_messages(conversation)
        wanted = _language_of(ticket, conversation)
        spoken, confidence = self.detect(text)
        found = holes(text) + secrets(text) + name(text, customer) + forbidden(text) + attachment(text)
        found += card_numbers(text) + addresses(text, _known(customer, conversation), self.own_addresses)
        if _base(spoken) == "es" or (spoken == UNKNOWN_LANGUAGE and _base(change.reply_language) == "es"):
            found += inverted_marks(text)
        if UNKNOWN_LANGUAGE not in (spoken, wanted) and spoken != wanted and confidence >= self.sure:
            message = f"The reply is in {spoken}, but the customer writes {wanted}."
            found.append(Finding("reply-language", message, 0, len(text)))
        elif spoken == wanted:
            found += unanswered(text, incoming)
        return sorted(found, key=lambda one: (not one.blocking, one.start, one.end))


def _unanswered_messages(conversation: Sequence[Message]) -> list[str]:
    texts: list[str] = []
    for message in conversation:
        if message.direction is Direction.OUT:
            texts = []
        elif message.direction is Direction.IN:
            texts.append(message.new_text)
    return texts


def _language_of(ticket: Ticket, conversation: Sequence[Message]) -> str:
    # What the agent or the ticket says goes first; then what the customer wrote last.
    if ticket.language != UNKNOWN_LANGUAGE:
        return _base(ticket.language)
    written = [one.language for one in conversation if one.direction is Direction.IN]
    return _base(written[-1]) if written else UNKNOWN_LANGUAGE


def _known(customer: Customer, conversation: Sequence[Message]) -> set[str]:
    return {one.value.lower() for one in customer.identities} | {
        address.lower()
        for one in conversation
        if one.direction is not Direction.NOTE
        for address in (one.from_address, one.reply_to)
        if address
    }


def _base(language: str) -> str:
    return language.split("-")[0].lower()
