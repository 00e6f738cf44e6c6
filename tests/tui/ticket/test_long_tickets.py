"""A ticket of long mails is laid out in bounded work: the newest whole, the beginnings of the rest."""

from __future__ import annotations

from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Priority, Status, Ticket
from tui.ticket.ticket_text import LEAST, MOST, MOST_IN_ALL, Conversation, ticket_lines

TICKET = Ticket(1, "mail", Status.NEW, Priority.NORMAL, "Subject", 1, 100, 100)


def mail(number: int, text: str, unread: int = 0) -> Message:
    return Message(
        number, 1, Direction.IN, MessageKind.MAIL, "Ana", "a@x.example", "Hi", text, text, number, number, unread=unread
    )


def lines_of(*mails: Message) -> list[str]:
    return [line.text.rstrip() for line in ticket_lines(Conversation(TICKET, None, mails, []), 100, 200, quotes=False)]


def test_the_work_is_bounded_for_the_whole_ticket() -> None:
    lines = lines_of(*(mail(number, "x y z " * 50_000) for number in range(30)))
    assert sum(map(len, lines)) < MOST_IN_ALL + MOST + 30 * (LEAST + 500)
    assert sum("more text" in line for line in lines) == 30


def test_what_was_not_read_is_said() -> None:
    assert lines_of(mail(1, "Hello", unread=7_000))[-1].endswith("… more text · tridesk show 1 prints it")
