"""Whose a mail is and who gets the answer: strangers share no ticket and no customer, a reply goes to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import Change
from data.records.customers import Customer
from data.records.incoming import Received
from data.records.messages import Direction, MessageKind
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.intake.own_addresses import OwnAddresses
from queues.mail.read_mail import read_mail
from queues.mail.senders import mailbox
from queues.routing.rules import Rules

START = 1_770_000_000
OURS, GROUP = "help@desk.example", "group@desk.example"
_numbers = count(1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    rules = DeskRules(routing=Rules(()), sender=OURS, own_addresses=frozenset({GROUP}), undo_seconds=0)
    return Desk(Store.open(tmp_path / "desk.db"), clock=lambda: START, rules=rules, agent="eva")


def come(
    desk: Desk, *headers: str, sender: str, subject: str = "Mi pedido", to: str = OURS, body: str = "No ha llegado.",
    from_files: bool = True, told: bool = True,
) -> Received:  # fmt: skip
    """Let one mail come in; `told` where the reader knows our addresses, else only the desk does."""
    number = next(_numbers)
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <m{number}@x.example>", *headers]
    raw = ("\n".join(lines) + "\n\n" + body).encode()
    own = frozenset({OURS, GROUP}) if told else frozenset()
    item = read_mail(raw, connector="post", source="test", own_addresses=own)
    (received,) = desk.receive([replace(item, received_at=START + number, needs_our_id=not from_files)])
    return received


def customer(desk: Desk, number: int) -> Customer:
    ticket = desk.store.tickets.get(number)
    found = desk.store.customers.get(ticket.customer_id) if ticket is not None else None
    assert found is not None
    return found


def our_id(desk: Desk, number: int) -> str:
    desk.act([number], Change(reply="Lo miramos."))
    return desk.store.messages.of(number)[-1].message_id


GROUPS: dict[str, Callable[[str, str], tuple[str, tuple[str, ...]]]] = {
    "google": lambda name, address: (
        f"\"'{name}' via Help\" <{OURS}>",
        (f"X-Original-From: {name} <{address}>", f"X-Original-Sender: {address}", f"Reply-To: {name} <{address}>"),
    ),
    "google, answers to the group": lambda name, address: (
        f"\"'{name}' via Help\" <{GROUP}>",
        (f"X-Original-Sender: {address}", f"Reply-To: {GROUP}", "Precedence: list"),
    ),
    "mailman": lambda name, address: (
        f"{name} via Group <{GROUP}>", (f"Reply-To: {name} <{address}>", f"List-Post: <mailto:{GROUP}>"),
    ),
    "in brackets": lambda name, address: (f'"{name} (via Help)" <{OURS}>', (f"X-Original-Sender: {address}",)),
    "both beside each other": lambda name, address: (
        f"{name} vía Ayuda <{GROUP}>", (f"Reply-To: Ayuda <{GROUP}>, {name} <{address}>",),
    ),
    "another group of ours beside": lambda name, address: (
        f"Web <{OURS}>", (f"Reply-To: {OURS}, Ayuda <{GROUP}>, {name} <{address}>", f"To: {GROUP}"),
    ),
    "form": lambda name, address: (f"Web <{OURS}>", (f"Reply-To: {name} <{address}>",)),
    "form, comma": lambda name, address: (f"Web <{OURS}>", (f"Reply-To: {', '.join(name.split()[::-1])} <{address}>",)),
    "form, no-reply": lambda name, address: ("Web <no-reply@forms.example>", (f"Reply-To: {name} <{address}>",)),
    "group that nobody named": lambda name, address: (
        f"\"'{name}' via List\" <list@elsewhere.example>",
        (f"X-Original-From: {name} <{address}>", f"Reply-To: {name} <{address}>"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("told", [True, False])
def test_people_behind_one_address_are_different_customers(desk: Desk, name: str, told: bool) -> None:
    sender, headers = GROUPS[name]("Ana Ruiz", "ana@clientes.example")
    first = come(desk, *headers, sender=sender, told=told).ticket_id
    sender, headers = GROUPS[name]("Bob Gil", "bob@clientes.example")
    named = f"In-Reply-To: {desk.store.messages.of(first)[0].message_id}"
    second = come(desk, *headers, named, sender=sender, subject="Re: Mi pedido", told=told).ticket_id
    third = come(desk, *headers, sender=sender, subject="Re: Mi pedido", told=told).ticket_id
    assert len({first, second}) == 2
    assert third != first
    assert [set(customer(desk, one).name.replace(",", "").split()) for one in (first, second)] == [
        {"Ana", "Ruiz"}, {"Bob", "Gil"},
    ]  # fmt: skip
    assert [desk.recipient(one) for one in (first, second)] == ["ana@clientes.example", "bob@clientes.example"]
    assert {message.direction for message in desk.store.messages.each()} == {Direction.IN}


def test_a_person_behind_our_group_is_the_customer_known_from_elsewhere(desk: Desk) -> None:
    direct = come(desk, sender="Ana <ana@clientes.example>", subject="Otra cosa").ticket_id
    sender, headers = GROUPS["google"]("Ana Ruiz", "ana@clientes.example")
    through = come(desk, *headers, sender=sender).ticket_id
    assert customer(desk, through).id == customer(desk, direct).id


def test_headers_of_a_stranger_make_nobody_of_them(desk: Desk) -> None:
    """Anybody can write X-Original-From: it is believed of our own addresses alone."""
    ana = come(desk, sender="Ana <ana@clientes.example>").ticket_id
    ours = our_id(desk, ana)
    headers = ("X-Original-From: Ana <ana@clientes.example>", "X-Original-Sender: ana@clientes.example")
    forged = come(
        desk, *headers, f"In-Reply-To: {ours}", sender="Ana via X <mallory@else.example>", subject="Re: Mi pedido"
    )
    assert forged.ticket_id != ana
    assert customer(desk, forged.ticket_id).id != customer(desk, ana).id
    plain = come(desk, "X-Original-Sender: ana@clientes.example", sender="Mallory <m@else.example>").ticket_id
    assert [one.value for one in customer(desk, plain).identities] == ["m@else.example"]


def test_addresses_learned_from_an_import_tell_people_behind_a_form_apart() -> None:
    own = OwnAddresses()
    raw = b"From: Web <shop@desk.example>\nTo: shop@desk.example\nReply-To: Ana <ana@c.example>\nSubject: x\n\nHola"
    form = read_mail(raw, connector="files", source="test")
    assert own.marked(form).from_address == "ana@c.example"
    other = read_mail(raw.replace(b"To: shop@desk", b"To: help@desk"), connector="files", source="test")
    assert own.marked(other).from_address == "shop@desk.example", "nobody knows that it is ours"


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ("Ruiz, Ana <ana@c.example>", "Ruiz, Ana", "ana@c.example"),
        ("Ruiz, Ana, Dr. <ana@c.example>", "Ruiz, Ana, Dr.", "ana@c.example"),
        ("García López, José María <jose@c.example>", "García López, José María", "jose@c.example"),
        ('"Ruiz, Ana" <ana@c.example>', "Ruiz, Ana", "ana@c.example"),
        ("ana@c.example", "", "ana@c.example"),
        ("Ana <ana@c.example>, Bob <bob@c.example>", "Ana", "ana@c.example"),
        ("Nobody", "Nobody", ""),
        ("", "", ""),
    ],
)
def test_an_unquoted_comma_is_part_of_the_name(line: str, name: str, address: str) -> None:
    assert mailbox(line) == (name, address)


@pytest.mark.parametrize(
    "sender", ["platform@shop.example", "reform@x.example", "ana@wordpress.com", "info@no-reply.example"]
)
def test_a_persons_address_is_no_form(desk: Desk, sender: str) -> None:
    number = come(desk, "Reply-To: other@home.example", sender=f"Ana <{sender}>").ticket_id
    assert desk.store.messages.of(number)[0].kind is MessageKind.MAIL
    assert [one.value for one in customer(desk, number).identities] == [sender]


LATER = {
    "vacation": ("Ana <ana@clientes.example>", ("Auto-Submitted: auto-replied", "Reply-To: robot@clientes.example")),
    "bounce": ("MAILER-DAEMON@mx.example", ("Return-Path: <>", "X-Failed-Recipients: ana@clientes.example")),
    "ourselves": (f"Help <{OURS}>", ()),
    "daemon that says nothing": ("MAILER-DAEMON@clientes.example", ()),
    "answers wanted at our own address": ("Ana <ana@clientes.example>", (f"Reply-To: {OURS}",)),
}


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("told", [True, False])
def test_a_reply_goes_to_the_last_person(desk: Desk, name: str, told: bool) -> None:
    number = come(desk, sender="Ana <ana@clientes.example>").ticket_id
    ours = our_id(desk, number)
    sender, headers = LATER[name]
    come(desk, *headers, f"In-Reply-To: {ours}", sender=sender, subject="Undelivered: Mi pedido", told=told)
    assert desk.recipient(number) == "ana@clientes.example"
    desk.act([number], Change(reply="¿Llegó?"))
    assert [entry.recipient for entry in desk.store.outbox.waiting()] == ["ana@clientes.example"] * 2


def test_who_answers_from_a_copy_is_the_last_person(desk: Desk) -> None:
    number = come(desk, "Cc: Bob <bob@clientes.example>", sender="Ana <ana@clientes.example>").ticket_id
    ours = our_id(desk, number)
    assert come(desk, f"In-Reply-To: {ours}", sender="Bob <bob@clientes.example>").ticket_id == number
    assert desk.recipient(number) == "bob@clientes.example"


@pytest.mark.parametrize("sender", ["MAILER-DAEMON", "<>", "mailer-daemon@mx.example", OURS])
def test_where_nobody_wrote_nobody_is_answered(desk: Desk, sender: str) -> None:
    number = come(desk, "Return-Path: <>", sender=sender, subject="Undelivered").ticket_id
    with pytest.raises(RuleError, match="no address of a person"):
        desk.act([number], Change(reply="Hola", status=Status.SOLVED))
    assert not desk.store.outbox.waiting()


def test_our_own_address_is_refused_where_an_agent_names_it(desk: Desk) -> None:
    number = come(desk, sender="Ana <ana@clientes.example>").ticket_id
    with pytest.raises(RuleError, match="address of ours"):
        desk.act([number], Change(reply="Hola", recipient=OURS.title()))


@pytest.mark.parametrize("from_files", [True, False])
def test_who_was_in_copy_answers_into_the_ticket_and_a_stranger_does_not(desk: Desk, from_files: bool) -> None:
    number = come(
        desk,
        "Cc: Jefe <jefe@empresa.example>",
        sender="Ines <ines@empresa.example>",
        to=f"{OURS}, socia@empresa.example",
    ).ticket_id
    opening = f"In-Reply-To: {desk.store.messages.of(number)[0].message_id}"
    for sender in ("jefe@empresa.example", "socia@empresa.example", "ines@empresa.example"):
        joined = come(desk, opening, sender=sender, subject="Re: Mi pedido", from_files=from_files)
        assert joined.ticket_id == number, sender
    for headers in ((opening,), (f"In-Reply-To: {our_id(desk, number)}",)):
        stranger = come(desk, *headers, sender="mallory@else.example", subject="Re: Mi pedido", from_files=from_files)
        assert stranger.ticket_id != number
        stored = desk.store.tickets.get(stranger.ticket_id)
        assert stored is not None
        assert "unverified" in stored.tags


def test_a_copy_that_a_later_mail_adds_is_nobody_who_took_part(desk: Desk) -> None:
    number = come(desk, sender="Ana <ana@clientes.example>").ticket_id
    ours = our_id(desk, number)
    come(desk, f"In-Reply-To: {ours}", "Cc: mallory@else.example", sender="Ana <ana@clientes.example>")
    assert come(desk, f"In-Reply-To: {ours}", sender="mallory@else.example").ticket_id != number


@pytest.mark.parametrize("from_files", [True, False])
def test_the_reply_to_that_we_wrote_to_answers_into_the_ticket(desk: Desk, from_files: bool) -> None:
    number = come(desk, "Reply-To: casa@home.example", sender="Ana <ana@work.example>").ticket_id
    ours = our_id(desk, number)
    assert come(desk, f"In-Reply-To: {ours}", sender="casa@home.example", from_files=from_files).ticket_id == number


def test_a_reply_that_was_called_back_lets_nobody_in(desk: Desk) -> None:
    number = come(desk, "Reply-To: casa@home.example", sender="Ana <ana@work.example>").ticket_id
    ours = our_id(desk, number)
    desk.undo()
    assert come(desk, f"In-Reply-To: {ours}", sender="casa@home.example").ticket_id != number


def test_who_names_only_the_customers_own_mail_may_not_turn_the_answer_away(desk: Desk) -> None:
    """A Message-ID of the customer's may be known to others: with it alone nobody draws our reply to themselves."""
    number = come(desk, sender="Ana <ana@clientes.example>", from_files=False).ticket_id
    opening = f"In-Reply-To: {desk.store.messages.of(number)[0].message_id}"
    away = come(desk, opening, "Reply-To: m@else.example", sender="Ana <ana@clientes.example>", from_files=False)
    assert away.ticket_id != number
    assert come(desk, opening, sender="Ana <ana@clientes.example>", from_files=False).ticket_id == number


def test_a_program_with_one_message_id_opens_a_ticket_each_time(desk: Desk) -> None:
    fixed = "From: scan@office.example\nTo: help@desk.example\nSubject: Scan\nMessage-ID: <scan@device>\n\nPage {}"
    items = [read_mail(fixed.format(n).encode(), connector="files", source="t") for n in (1, 2, 3)]
    assert len({one.ticket_id for one in desk.receive(items)}) == 3


def test_an_answer_that_was_filed_first_is_joined_by_what_it_answers(desk: Desk) -> None:
    later = come(desk, "References: <first@c.example>", sender="Ana <ana@c.example>", subject="Re: Factura").ticket_id
    raw = b"From: Ana <ana@c.example>\nTo: help@desk.example\nSubject: Factura\nMessage-ID: <first@c.example>\n\nHola"
    (first,) = desk.receive([read_mail(raw, connector="files", source="t")])
    assert first.ticket_id == later


@pytest.mark.parametrize("robot", ["mailer", "notifications", "info"])
@pytest.mark.parametrize("subject", ["Contact", "Re: Contact"])
def test_two_visitors_of_a_strangers_form_share_no_ticket(desk: Desk, robot: str, subject: str) -> None:
    form = f"Shop <{robot}@forms.example>"
    ana = come(desk, "Reply-To: Ana <ana@x.example>", sender=form, subject=subject)
    bob = come(desk, "Reply-To: Bob <bob@y.example>", sender=form, subject=subject)
    assert ana.ticket_id != bob.ticket_id


@pytest.mark.parametrize("robot", ["mailer", "notifications", "kontaktformular", "shop-mailer"])
def test_the_visitor_of_a_strangers_form_is_the_customer(desk: Desk, robot: str) -> None:
    came = come(desk, "Reply-To: Ana <ana@x.example>", sender=f"Shop <{robot}@forms.example>")
    assert customer(desk, came.ticket_id).name == "Ana"


def test_who_drops_the_references_joins_by_subject_with_the_same_reply_to(desk: Desk) -> None:
    first = come(desk, "Reply-To: ana@home.example", sender="Ana <ana@x.example>")
    for reply_to in (("Reply-To: ana@home.example",), ()):
        again = come(desk, *reply_to, sender="Ana <ana@x.example>", subject="RV: Mi pedido")
        assert again.ticket_id == first.ticket_id
