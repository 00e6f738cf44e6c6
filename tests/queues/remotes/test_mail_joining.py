"""Merging, splitting, forwarding and writing first on real servers: each mail arrives once, each answer finds home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from data.records.changes import Change, NewTicket
from data.records.forwards import Forward, ForwardedFile
from data.records.messages import Direction, Message
from data.records.outbox import OutboxState
from data.records.tickets import Status
from queues.remotes.mail_flags import ANSWERED
from tests.servers.desk_at_mail import DeskAtMail, flags_at, letter, received, until
from tests.servers.mail_stack import MailStack
from tui.setup.open_desk import open_desk

numbers = count(1)


@pytest.fixture
def desk(mail_stack: MailStack, tmp_path: Path) -> Iterator[DeskAtMail]:
    address, _ = mail_stack.add_user(f"joining{next(numbers)}")
    one = DeskAtMail(mail_stack, tmp_path, address, delivery_reports=False)
    yield one
    one.stop()


def person(desk: DeskAtMail, name: str) -> str:
    return desk.stack.add_user(f"{name}j{next(numbers)}", "clientes.example")[0]


class Post:
    """Delivers mails to the desk, one after the other."""

    def __init__(self, desk: DeskAtMail) -> None:
        self.desk, self.amount = desk, 0

    def write(self, sender: str, subject: str, answers: str = "", more: str = "", text: str = "") -> str:
        """Have someone write, file it, and return the Message-ID."""
        self.amount += 1
        mail = letter(self.amount, sender=sender, to=self.desk.address, subject=subject, answers=answers, more=more,
                      text=text)  # fmt: skip
        self.desk.stack.deliver(sender, self.desk.address, mail)
        until(lambda: arrived(self.desk, self.amount))
        self.desk.once()
        return f"<letter.{self.amount}.{sender}>"


def arrived(desk: DeskAtMail, amount: int) -> bool:
    return len(received(desk.stack, desk.address)) >= amount


def of(desk: DeskAtMail, ticket: int, direction: Direction = Direction.IN) -> list[Message]:
    return [one for one in desk.messages() if one.ticket_id == ticket and one.direction is direction]


def sent_once(desk: DeskAtMail, address: str, amount: int = 1) -> list[str]:
    """Send twice over, and return the Message-IDs of what arrived."""
    desk.once()
    desk.once()
    until(lambda: len(received(desk.stack, address)) >= amount)
    return [str(one["Message-ID"]) for one in received(desk.stack, address)]


def test_a_reply_on_its_way_survives_a_merge_and_later_mail_joins_the_kept_ticket(desk: DeskAtMail) -> None:
    ana, post = person(desk, "ana"), Post(desk)
    first, second = post.write(ana, "Mi pedido"), post.write(ana, "Sigo esperando")
    desk.reply(1, "Lo miramos.")
    desk.act(1, Change(merge_into=2))
    assert len(sent_once(desk, ana)) == 1
    assert desk.states() == [OutboxState.SENT]
    post.write(ana, "Re: Mi pedido", answers=sent_once(desk, ana)[0])
    post.write(ana, "Re: Mi pedido", answers=first)
    assert len(of(desk, 2)) == 4
    assert of(desk, 1) == []
    assert len(desk.tickets()) == 2
    desk.reply(2, "Ya está todo.")
    assert len(sent_once(desk, ana, 2)) == 2
    assert all(ANSWERED in flags for flags in flags_at(desk).values()), "every mail of both tickets is answered"
    assert second in str(received(desk.stack, ana)[-1]["References"])


def test_the_other_customer_of_a_merge_gets_no_mail(desk: DeskAtMail) -> None:
    ana, bob, post = person(desk, "ana"), person(desk, "bob"), Post(desk)
    post.write(bob, "Mi factura")
    post.write(ana, "Mi pedido")
    desk.act(2, Change(merge_into=1, other_customer=True))
    desk.reply(1, "Para Bob.")
    assert len(sent_once(desk, bob)) == 1
    assert received(desk.stack, ana) == []
    post.write(ana, "Re: Mi pedido", answers="<letter.2." + ana + ">")
    assert len(of(desk, 1)) == 3
    desk.reply(1, "Para Bob otra vez.")
    assert len(sent_once(desk, bob, 2)) == 2
    assert received(desk.stack, ana) == []


def test_a_split_off_mail_is_answered_in_a_thread_of_its_own(desk: DeskAtMail) -> None:
    ana, post = person(desk, "ana"), Post(desk)
    first = post.write(ana, "Mi pedido")
    second = post.write(ana, "Re: Mi pedido", answers=first)
    desk.act(1, Change(move=(of(desk, 1)[-1].id,)))
    assert [len(of(desk, number)) for number in (1, 2)] == [1, 1]
    desk.reply(2, "Sobre la factura.")
    (ours,) = sent_once(desk, ana)
    (mail,) = received(desk.stack, ana)
    assert (mail["In-Reply-To"], mail["References"]) == (second, second)
    flags = flags_at(desk)
    assert [ANSWERED in flags[uid] for uid in sorted(flags)] == [False, True], "only the mail that was split off"
    post.write(ana, "Re: Mi pedido", answers=ours)
    post.write(ana, "Re: Mi pedido", answers=first)
    assert [len(of(desk, number)) for number in (1, 2)] == [2, 2]


def test_a_forward_reaches_the_third_party_and_the_answer_is_a_note(desk: DeskAtMail) -> None:
    ana, courier, post = person(desk, "ana"), person(desk, "courier"), Post(desk)
    post.write(ana, "Mi paquete")
    file = ForwardedFile("albarán.pdf", "application/pdf", b"%PDF-1")
    asked = Forward(courier, "¿Dónde está?", files=(file,))
    desk.act(1, Change(forward=asked, status=Status.ON_HOLD))
    (named,) = sent_once(desk, courier)
    (mail,) = received(desk.stack, courier)
    assert [part.get_filename() for part in mail.walk()][-1] == "albarán.pdf"
    assert received(desk.stack, ana) == []
    post.write(courier, "Re: lo que sea", answers=named, text="Está en Vigo.")
    post.write(courier, "otra cosa", answers=f"<letter.2.{courier}>", text="Ya ha salido.")
    assert [one.text.strip() for one in of(desk, 1, Direction.NOTE)][-2:] == ["Está en Vigo.", "Ya ha salido."]
    (ticket,) = desk.tickets()
    assert (ticket.status, ticket.reopens, ticket.touches) == (Status.OPEN, 0, 0)
    assert ticket.first_due is not None, "the customer still waits"
    desk.reply(1, "Está en camino.")
    assert len(sent_once(desk, ana)) == 1
    assert len(received(desk.stack, courier)) == 1


def test_the_answer_to_a_mail_that_we_began_joins_its_ticket(desk: DeskAtMail) -> None:
    lia, post = person(desk, "lia"), Post(desk)
    opened = open_desk(desk.path, settings=desk.settings)
    with closing(opened.store):
        asked = NewTicket(lia, "Su pedido 4711", "Su pedido llegará el lunes.", "Lía Ríos")
        opened.open_ticket(asked, Change(gives_no_promise=True, override_reason="a test's own words"))
    (ours,) = sent_once(desk, lia)
    (mail,) = received(desk.stack, lia)
    assert (mail["Subject"], mail["In-Reply-To"]) == ("Su pedido 4711", None)
    post.write(lia, "Re: Su pedido 4711", answers=ours)
    (ticket,) = desk.tickets()
    assert (ticket.status, len(of(desk, 1)), ticket.touches) == (Status.OPEN, 1, 1)


class TestThreads:
    """What belongs together by itself."""

    def test_a_second_mail_to_ones_own_first_joins(self, desk: DeskAtMail) -> None:
        ana, post = person(desk, "ana"), Post(desk)
        first = post.write(ana, "Mi pedido")
        post.write(ana, "Se me olvidó decir", answers=first)
        assert len(desk.tickets()) == 1

    def test_an_answer_from_the_address_that_we_were_asked_to_write_to_joins(self, desk: DeskAtMail) -> None:
        ana, work, post = person(desk, "ana"), person(desk, "work"), Post(desk)
        post.write(ana, "Mi pedido", more=f"Reply-To: {work}\r\n")
        desk.reply(1)
        (ours,) = sent_once(desk, work)
        post.write(work, "Re: Mi pedido", answers=ours)
        assert len(desk.tickets()) == 1
        assert len(of(desk, 1)) == 2

    def test_a_scanner_with_one_message_id_is_not_one_ticket_for_ever(self, desk: DeskAtMail) -> None:
        scanner = person(desk, "scanner")
        for number in (1, 2, 3):
            head = f"From: {scanner}\r\nTo: {desk.address}\r\nSubject: Scan {number}\r\n"
            head += f"Message-ID: <scan@printer.example>\r\nDate: Mon, 23 Nov 2026 06:0{number}:00 +0000\r\n"
            desk.stack.deliver(scanner, desk.address, f"{head}\r\nPágina {number}\r\n".encode())
            until(partial(arrived, desk, number))
            desk.once()
        assert len(desk.tickets()) == 3
