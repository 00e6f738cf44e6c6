"""Whoever wrote last, the answer goes to the person: bounces and mail groups on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from data.records.outbox import OutboxState
from data.records.tickets import Status
from tests.servers.desk_at_mail import DeskAtMail, received, until
from tests.servers.mail_stack import MailStack

numbers = count(1)
GONE = "bounce@customers.example"


@pytest.fixture
def desk(mail_stack: MailStack, tmp_path: Path) -> Iterator[DeskAtMail]:
    address, _ = mail_stack.add_user(f"group{next(numbers)}")
    one = DeskAtMail(mail_stack, tmp_path, address, delivery_reports=False)
    yield one
    one.stop()


def customer(desk: DeskAtMail, name: str) -> str:
    return desk.stack.add_user(f"{name}{next(numbers)}", "clientes.example")[0]


def arrive(desk: DeskAtMail, amount: int) -> None:
    until(lambda: len(received(desk.stack, desk.address)) >= amount)


def undelivered(desk: DeskAtMail, reply: str, recipient: str) -> bytes:
    """Return a delivery report (RFC 3464) about one of our replies, as a customer's server writes it."""
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@clientes.example>\r\nTo: {desk.address}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nDate: Mon, 23 Nov 2026 07:00:00 +0000\r\n"
        "Auto-Submitted: auto-replied\r\nMessage-ID: <report.1@clientes.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"\r\n\r\n'
        "--cut\r\nContent-Type: text/plain\r\n\r\nThe mailbox is full.\r\n"
        "--cut\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.clientes.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        f"--cut\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {reply}\r\nTo: {recipient}\r\n--cut--\r\n"
    ).encode()


def test_a_reply_after_a_bounce_goes_to_the_customer(desk: DeskAtMail) -> None:
    ana = customer(desk, "ana")
    desk.write(1, sender=ana, subject="Mi cuenta")
    arrive(desk, 1)
    desk.once()
    desk.reply(1, "Primera respuesta.")
    desk.once()
    until(lambda: len(received(desk.stack, ana)) == 1)
    (first,) = received(desk.stack, ana)
    desk.stack.deliver("", desk.address, undelivered(desk, first["Message-ID"], ana))
    arrive(desk, 2)
    desk.once()
    (ticket,) = desk.tickets()
    assert (ticket.status, "bounced" in ticket.tags) == (Status.OPEN, True)
    desk.reply(1, "Segunda respuesta.")
    desk.once()
    assert [entry.recipient for entry in desk.outbox()] == [ana, ana]
    until(lambda: len(received(desk.stack, ana)) == 2)
    assert {one["To"] for one in received(desk.stack, ana)} == {first["To"]}


def test_a_reply_after_the_servers_own_bounce_is_not_for_the_server(desk: DeskAtMail) -> None:
    desk.write(1, sender=GONE)
    arrive(desk, 1)
    desk.once()
    desk.reply(1)
    desk.once()
    arrive(desk, 2)
    desk.once()
    assert desk.states() == [OutboxState.FAILED]
    desk.reply(1, "Otra vez.")
    desk.once()
    assert [entry.recipient for entry in desk.outbox()] == [GONE, GONE]
    arrive(desk, 3)  # it comes back again: that is where it went
    assert len(desk.tickets()) == 1


def through_the_group(desk: DeskAtMail, person: str, number: int, subject: str) -> None:
    """Have a mail group deliver a person's mail, rewritten as groups do it for DMARC."""
    name = person.partition("@")[0]
    raw = (
        f"From: \"'{name}' via Support\" <{desk.address}>\r\nReply-To: {name} <{person}>\r\n"
        f"X-Original-From: {name} <{person}>\r\nX-Original-Sender: {person}\r\nTo: {desk.address}\r\n"
        f"Precedence: list\r\nList-ID: <support.desk.example>\r\nSubject: {subject}\r\n"
        f"Date: Mon, 23 Nov 2026 06:00:00 +0000\r\nMessage-ID: <through.{number}.{person}>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Hola, soy {name}. No puedo entrar en mi cuenta, ¿me ayudan?\r\n"
    )
    desk.stack.deliver(f"support+bounces-{number}@desk.example", desk.address, raw.encode())


def test_people_behind_a_mail_group_are_persons_with_work_of_their_own(desk: DeskAtMail) -> None:
    people = [customer(desk, name) for name in ("ana", "berta")]
    for number, person in enumerate(people, 1):
        through_the_group(desk, person, number, "No puedo entrar")
        arrive(desk, number)
    desk.once()
    tickets = desk.tickets()
    assert [one.status for one in tickets] == [Status.NEW, Status.NEW]
    assert len({one.customer_id for one in tickets}) == 2
    for ticket in tickets:
        desk.reply(ticket.id, f"Respuesta a {ticket.id}.")
    desk.once()
    assert [entry.recipient for entry in desk.outbox()] == people
    for person in people:
        until(lambda person=person: len(received(desk.stack, person)) == 1)  # type: ignore[misc]
    assert len(received(desk.stack, desk.address)) == 2


def test_what_a_person_answers_through_the_group_joins_their_ticket(desk: DeskAtMail) -> None:
    person = customer(desk, "carla")
    through_the_group(desk, person, 1, "No puedo entrar")
    arrive(desk, 1)
    desk.once()
    desk.reply(1, "Ya puede.", status=Status.SOLVED)
    desk.once()
    until(lambda: len(received(desk.stack, person)) == 1)
    (answer,) = received(desk.stack, person)
    desk.write(2, sender=person, subject="Re: No puedo entrar", answers=answer["Message-ID"], text="Sigue igual.",
               more="Precedence: list\r\nList-ID: <support.desk.example>\r\n")  # fmt: skip
    arrive(desk, 2)
    desk.once()
    (ticket,) = desk.tickets()
    assert ticket.status is Status.OPEN


def test_who_is_in_cc_of_the_first_mail_gets_the_reply_and_answers_into_the_ticket(desk: DeskAtMail) -> None:
    ana, bob, eve = (customer(desk, name) for name in ("ana", "bob", "eve"))

    def write(sender: str, number: int, *headers: str) -> None:
        lines = (
            f"From: {sender}",
            f"To: {desk.address}",
            "Subject: Re: Mi cuenta",
            f"Message-ID: <cc.{number}.{sender}>",
        )
        desk.stack.deliver(sender, desk.address, "\r\n".join((*lines, *headers, "", "Hola.")).encode())
        arrive(desk, number)
        desk.once()

    write(ana, 1, f"Cc: Bob <{bob}>")
    write(ana, 2, f"In-Reply-To: <cc.1.{ana}>", f"Cc: {eve}, {bob}")
    desk.reply(1)
    desk.once()
    until(lambda: len(received(desk.stack, bob)) == 1)
    (copy,) = received(desk.stack, bob)
    assert (copy["Cc"], len(received(desk.stack, ana)), len(received(desk.stack, eve))) == (bob, 1, 0)
    write(bob, 3, f"In-Reply-To: {copy['Message-ID']}")
    assert len(desk.tickets()) == 1
    desk.reply(1, "Gracias, Bob.")
    assert [(entry.recipient, entry.cc) for entry in desk.outbox()][-1] == (bob, (ana,))
