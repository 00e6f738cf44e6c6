"""How an incoming mail is handled by its kind: what may come from a person opens tickets, the rest does not.

The headers' signs are evidence (`queues.mail.kind`). Only a report, an automatic answer by RFC 3834, or the answer of a
known responder to a message of ours is certain.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from data.records.incoming import Incoming
from data.records.messages import MessageKind, Sign
from queues.mail.kind import AWAY_SUBJECT
from queues.mail.sign_rules import AUTOMATIC, AWAY, BOUNCE, BULK, NO_SENDER, REPLIED, RESPONDER, SPAM

UNHEARD = frozenset({MessageKind.AUTO, MessageKind.BOUNCE, MessageKind.SPAM, MessageKind.RATING})
"""Kinds that reopen nothing: no one is waiting for an answer."""
_TAGS = {BULK: "bulk", SPAM: "spam?"}
_DOUBTED = "automatic?"
_TELLING = frozenset({BULK, SPAM, RESPONDER, AWAY, AUTOMATIC, NO_SENDER, BOUNCE, REPLIED})


def settled(item: Incoming, *, answers_us: bool, subject: str = "") -> Incoming:
    """Return the message with its final kind, now that it is known whether it answers a message of ours.

    `subject` is that of the ticket. A spam verdict on an answer to us is a false alarm: no one else knows our ids.
    """
    if not answers_us:
        return item
    if item.kind is MessageKind.SPAM:
        return replace(item, kind=MessageKind.MAIL)
    if item.kind is MessageKind.MAIL and _is_responder(item, subject):
        return replace(item, kind=MessageKind.AUTO)
    return item


def by_sender(item: Incoming, blocked: Collection[str], trusted: Collection[str]) -> Incoming:
    """Return the message with the kind that the lists of senders give it; what is in both is trusted.

    The lists hold addresses and domains (`@example.com`), lower case. Only spam and what a person may have written is
    looked at: a report about our own mail stays one.
    """
    address = item.from_address.casefold()
    named = {address, f"@{address.rpartition('@')[2]}"}
    if item.kind is MessageKind.SPAM:
        return replace(item, kind=MessageKind.MAIL) if named & {*trusted} else item
    if item.kind in UNHEARD or not named & {*blocked} or named & {*trusted}:
        return item
    return replace(
        item, kind=MessageKind.SPAM, signs=(*item.signs, Sign(SPAM, f"blocked sender: {address}", sure=True))
    )


def is_undelivered(item: Incoming) -> bool:
    """Return whether a mail is a bounce; a delivery report may also mean a delay or success."""
    return item.kind is MessageKind.BOUNCE and item.delivery in ("", "failed")


def tags(item: Incoming) -> tuple[str, ...]:
    """Return the tags that show the evidence to the agent: doubts about a person's mail, the kind of any other."""
    if item.kind in UNHEARD:
        return (str(item.kind),)
    tags = [_TAGS.get(sign.rule, _DOUBTED) for sign in item.signs if sign.rule in _TELLING]
    return tuple(dict.fromkeys(tags))


def _is_responder(item: Incoming, subject: str) -> bool:
    rules = {sign.rule for sign in item.signs}
    if RESPONDER in rules:
        return True
    # "Ausente: my parcel" may be what the customer calls the matter
    away = AWAY in rules and AWAY_SUBJECT.match(subject) is None
    return away and bool(rules & {AUTOMATIC, NO_SENDER})
