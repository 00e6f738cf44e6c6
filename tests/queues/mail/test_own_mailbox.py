"""Our own addresses with a tag are ours; only those, and a person who names an unread address reads their own."""

from __future__ import annotations

import pytest

from data.records.messages import Direction
from queues.desk.participants import is_person
from queues.mail.own_mailbox import is_ours
from queues.mail.read_mail import read_mail
from tests.queues.mails import ANA

HELP = "help@desk.example"
OWN = frozenset({HELP, "shop+eu@desk.example"})


@pytest.mark.parametrize("address", [HELP, "Help@Desk.Example", "help+4711@desk.example", "help+a+b@desk.example"])
def test_our_mailbox_with_and_without_a_tag(address: str) -> None:
    assert is_ours(address, OWN)
    assert not is_person(address, OWN)


@pytest.mark.parametrize(
    "address",
    ["help+x@other.example", "helper@desk.example", "+x@desk.example", "shop@desk.example", "x+help@desk.example", ""],
)
def test_others_are_not_ours(address: str) -> None:
    assert not is_ours(address, OWN)


@pytest.mark.parametrize(
    ("sender", "reply_to", "person"),
    [
        ("Ana <ana@x.example>", "help+4711@desk.example", ANA),
        ("Ana <ana@x.example>", "No-Reply <noreply@x.example>", ANA),
        ("Ana <ana@x.example>", "do-not-reply+7@x.example", ANA),
        ("Ana <ana@x.example>", "noreply@x.example, Ana <ana.home@y.example>", "ana.home@y.example"),
        ("Ana <ana@x.example>", "Noreen <noreen@y.example>", "noreen@y.example"),
        ("Form <help+form@desk.example>", "Ana <ana@x.example>", ANA),
        ("'Ana' via Help <help+list@desk.example>", "Ana <ana@x.example>, help@desk.example", ANA),
        ("Shop <no-reply@shop.example>", "Ana <ana@x.example>", ANA),
    ],
)
def test_a_person_is_answered_and_not_ourselves(sender: str, reply_to: str, person: str) -> None:
    raw = f"From: {sender}\nTo: {HELP}\nReply-To: {reply_to}\nSubject: Order\n\nHello".encode()
    item = read_mail(raw, connector="files", source="test", own_addresses=OWN)
    assert item.direction is Direction.IN
    assert (item.reply_to or item.from_address) == person


def test_what_our_tagged_address_sends_is_ours() -> None:
    raw = b"From: Help <help+4711@desk.example>\nTo: ana@x.example\nSubject: Order\n\nHello"
    item = read_mail(raw, connector="files", source="test", own_addresses=OWN)
    assert item.direction is Direction.OUT
