"""A thief's first step is a new address: replies notice where they go."""

from __future__ import annotations

import pytest

from data.protocols import Sending
from data.records.changes import Change
from data.records.customers import Customer, Identity
from data.records.messages import Direction as To
from data.records.messages import Message, MessageKind
from data.records.tickets import Priority, Severity, Status, Ticket
from macros.checks.check import Checker
from macros.checks.recipient import LATELY

NOW = 1_790_000_000
OLD, NEW = "ana@home.example", "ana@new.example"


def said(
    recipient: str,
    *came: Message,
    since: int = 0,
    lane: str = "mail",
    severity: Severity | None = None,
) -> list[tuple[str, bool]]:
    customer = Customer(1, "Ana", (Identity("email", OLD, 100), Identity("email", NEW, since)))
    ticket = Ticket(7, lane, Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, language="en", severity=severity)
    check = Checker(lambda _: ("en", 0.9))
    return [
        (one.rule, one.blocking)
        for one in check(Change(reply="Hi"), ticket, customer, came, Sending(recipient, "noa", NOW))
    ]


def mail(address: str, reply_to: str = "", kind: MessageKind = MessageKind.MAIL) -> Message:
    return Message(1, 7, To.IN, kind, "Ana", address, "", "x", "x", 0, 0, reply_to=reply_to)


def test_another_address_than_the_conversation_began_with_is_told() -> None:
    assert said(NEW, mail(OLD), mail(NEW)) == [("recipient", False)]
    assert said(OLD, mail(OLD), mail(NEW)) == []
    assert said(NEW, mail(NEW), mail(NEW)) == []


@pytest.mark.parametrize(("lane", "severity"), [("safety", None), ("mail", Severity.S2)])
def test_in_a_safety_matter_it_blocks(lane: str, severity: Severity | None) -> None:
    assert said(NEW, mail(OLD), mail(NEW), lane=lane, severity=severity) == [("recipient", True)]


def test_an_address_is_new_for_a_week() -> None:
    assert said(NEW, mail(NEW), since=NOW - LATELY + 1) == [("recipient", False)]
    assert said(NEW, mail(NEW), since=NOW - LATELY) == []
    assert said(OLD, mail(OLD), since=NOW - 5) == []


def test_answers_wanted_at_another_domain_are_told_but_a_forms_are_not() -> None:
    assert said("x@thief.example", mail(OLD, "x@thief.example")) == [("recipient", False)]
    assert said("office@home.example", mail(OLD, "office@home.example")) == []
    assert said(OLD, mail("form@desk.example", OLD, MessageKind.FORM)) == []


def test_the_address_from_before_the_conversations_own_is_the_safe_one() -> None:
    assert said(OLD, mail(NEW), since=200, lane="safety") == []
    assert said(OLD, mail(NEW), since=50, lane="safety") == [("recipient", True)]
