"""What is odd about who wrote: someone who looks like us or a customer, or who wants answers elsewhere. Only shown."""

from __future__ import annotations

from collections.abc import Iterator

from data.records.customers import Customer
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind, Sign
from data.records.tickets import Ticket
from data.safe_text import safe_line
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.mail.look_alike import (
    PROVIDERS,
    latin,
    looks_like_address,
    looks_like_domain,
    looks_like_name,
    skeleton,
)
from queues.mail.own_mailbox import is_ours
from queues.mail.sign_rules import LOOK_ALIKE, OTHER_REPLY

_LEAST = 4
_GENERIC = frozenset({"support", "soporte", "help", "ayuda", "info", "team", "equipo", "service"})
"""Brands and teams that anyone may be called."""


def doubts(
    store: Store, rules: DeskRules, item: Incoming, customer: Customer, ticket: Ticket | None, at: int
) -> tuple[Sign, ...]:
    """Return at most one sign of each kind about the sender of a message that is filed `at` a moment."""
    if item.direction is not Direction.IN or not item.from_address:
        return ()
    like_us = (_like_us(rules, item.from_name, address) for address in (item.from_address, item.reply_to) if address)
    like = next((text for text in like_us if text), "") or _like_a_customer(store, item, customer, ticket, at)
    signs = [Sign(LOOK_ALIKE, safe_line(like)[:200])] if like else []
    signs += (
        [Sign(OTHER_REPLY, safe_line(item.reply_to)[:200])] if _answers_elsewhere(rules, item, customer, at) else []
    )
    return tuple(signs)


def _like_us(rules: DeskRules, name: str, address: str) -> str:
    """Say whom of ours a sender looks like; empty for no one, and for ourselves."""
    teams = {address.casefold() for team in rules.teams for address in (team.address, *team.answers_from) if address}
    known = rules.our_addresses | {address for address in teams if "@" in address}
    domains = {item.rpartition("@")[2] for item in known} - PROVIDERS
    domain = address.rpartition("@")[2].casefold()
    if is_ours(address, known) or any(domain == own or domain.endswith(f".{own}") for own in domains):
        return ""
    for own in sorted(domains):
        if looks_like_domain(domain, own):
            return f"{domain}, not {own}"
    for own in sorted(known):
        if looks_like_address(address, own):
            return f"{address}, not {own}"
    for called, is_brand in _names(rules):
        if looks_like_name(name, called, begins=is_brand):
            return f"“{name}” <{address}>, not {called} of ours"
    return ""


def _names(rules: DeskRules) -> Iterator[tuple[str, bool]]:
    """Yield our brands, and the names of colleagues and teams that have two words: others are anyone's."""
    for brand in {rules.brand, *(sender.brand for sender in rules.senders.values())}:
        if len(brand) >= _LEAST and brand.casefold() not in _GENERIC:
            yield brand, True
    for name in (*rules.roles, *(team.name for team in rules.teams)):
        if len(name.split()) > 1:
            yield name, False


def _like_a_customer(store: Store, item: Incoming, customer: Customer, ticket: Ticket | None, at: int) -> str:
    """Say which customer, known for longer, a sender looks like."""
    address = item.from_address.casefold()
    own = {identity.value: identity.since for identity in customer.identities}
    candidates = list(store.people.with_mailbox({part(address) for part in (str, latin, skeleton)}))
    if ticket is not None and ticket.customer_id != customer.id:
        theirs = store.customers.get(ticket.customer_id)
        candidates += theirs.identities if theirs is not None else ()
    for known in candidates:
        is_older = known.value not in own and known.since < own.get(address, at)
        if is_older and looks_like_address(address, known.value):
            return f"{address}, not {known.value}"
    plain = latin(item.from_name)
    if plain != item.from_name and plain.isascii() and store.people.named([plain]):
        return f"“{item.from_name}” in letters that only look Latin, not {plain}"
    return ""


def _answers_elsewhere(rules: DeskRules, item: Incoming, customer: Customer, at: int) -> bool:
    """Return whether a customer who is known by the sender's address wants answers at an unknown one."""
    reply, sender = item.reply_to.casefold(), item.from_address.casefold()
    if not reply or reply == sender or is_ours(reply, rules.our_addresses) or item.kind is not MessageKind.MAIL:
        return False
    known = {identity.value: identity.since for identity in customer.identities}
    return known.get(sender, at) < at and reply not in known
