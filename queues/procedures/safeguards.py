"""Safeguards for grave topics: each rule checks a change and may block it, whoever the agent is.

A rule applies to its topics, and wherever a step of the ticket's procedure includes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.tickets import Ticket
from queues.ground.statuses import OUT_OF_WORK

NEW_ADDRESS, ACCOUNT_DATA, STATUTORY_CLOCK, OWN_CASE = "new-address", "account-data", "statutory-clock", "own-case"

NO_ADDRESS = "no-address"
"""No mail can go to the recipient."""
NEVER_SENT_RULE = "never-sent"
"""A text that leaves carries a whole card number, a one-time code or a password."""
ABSOLUTE = frozenset({OWN_CASE, NO_ADDRESS, NEVER_SENT_RULE})
"""Rules that no reason overrides."""

DECIDED_BY = "decided-by:"
"""A tag that names who made the decision that a ticket is about: `decided-by:ann`."""

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_HANDLE = re.compile(r"(?<![\w.@/-])@\w[\w.]{1,40}\b")
_PHONE = re.compile(r"(?<![\w/.-])\+?\(?\d(?:[ ()./-]{0,2}\d){8,14}(?![\w/-])")


@dataclass(frozen=True, slots=True)
class Facts:
    """The input of the rules."""

    ticket: Ticket
    change: Change
    agent: str
    recipient: str = ""
    """Where the reply would go."""
    customer: Customer = field(default_factory=lambda: Customer(0, ""))
    own_addresses: frozenset[str] = frozenset()
    """The desk's own, folded to lower case."""
    reviewers: frozenset[str] = frozenset()
    """Who decided about this customer before."""
    statutory: bool = False
    """The law sets the ticket's resolution clock."""


def objections(facts: Facts, watched: frozenset[str] = frozenset()) -> list[Finding]:
    """Return the findings against a change; every one of them blocks it."""
    findings = []
    for rule, (_, look) in RULES.items():
        if holds(rule, facts.ticket, watched):
            findings += [Finding(rule, message, start, end, blocking=True) for message, start, end in look(facts)]
    return findings


def holds(rule: str, ticket: Ticket, watched: frozenset[str]) -> bool:
    """Return whether a rule applies to this ticket."""
    return rule in watched or ticket.topic in RULES[rule][0]


Told = tuple[str, int, int]
"""A message for the agent, and the position of the text that it is about."""


def _new_address(facts: Facts) -> Iterator[Told]:
    """The attacker of a stolen account has put an address of their own on it; nothing is sent there."""
    if facts.change.reply is None:
        return
    opened = facts.ticket.created_at
    known = {identity.value: identity.since for identity in facts.customer.identities}
    since = known.get(facts.recipient.casefold())
    older = [
        identity.value for identity in facts.customer.identities if identity.kind == "email" and identity.since < opened
    ]
    if since is None or since > opened or (since == opened and older):
        better = f"answer to {older[0]}" if older else "find an address from before it"
        yield f"{facts.recipient} came up only with the take-over and may be the attacker's; {better}.", 0, 0


def _account_data(facts: Facts) -> Iterator[Told]:
    """A reporter is not the account's owner: a reply to them holds no contact data but their own."""
    reply = facts.change.reply or ""
    own = {identity.value.casefold() for identity in facts.customer.identities} | facts.own_addresses
    digits = {re.sub(r"\D", "", value) for value in own}
    for kind, pattern in (("e-mail address", _ADDRESS), ("handle", _HANDLE), ("phone number", _PHONE)):
        for match in pattern.finditer(reply):
            said = match[0].casefold().rstrip(".")
            bare = re.sub(r"\D", "", said)
            if said not in own and said.lstrip("@") not in own and not (kind == "phone number" and bare in digits):
                yield f"The reply names an account's {kind}; its reader is not the owner.", *match.span()


def _statutory_clock(facts: Facts) -> Iterator[Told]:
    """A statutory clock keeps running while a ticket is snoozed."""
    until, due = facts.change.snooze_until, facts.ticket.resolve_due
    if facts.statutory and until is not None and due is not None and until > due:
        yield "The statutory clock does not pause: this would sleep past its end; choose an earlier time.", 0, 0


def _own_case(facts: Facts) -> Iterator[Told]:
    """Agents do not decide on appeals against their own decisions."""
    if facts.change.status in OUT_OF_WORK and facts.agent in facts.reviewers:
        yield "You took the first decision about this customer; another agent must decide the appeal: assign it.", 0, 0


RULES: Mapping[str, tuple[frozenset[str], Callable[[Facts], Iterator[Told]]]] = {
    NEW_ADDRESS: (frozenset({"hacked-account"}), _new_address),
    ACCOUNT_DATA: (frozenset({"underage-report", "harassment-report"}), _account_data),
    STATUTORY_CLOCK: (frozenset({"data-request"}), _statutory_clock),
    OWN_CASE: (frozenset({"ban-appeal"}), _own_case),
}
"""Each rule with the topics that it applies to, and what looks for it."""
