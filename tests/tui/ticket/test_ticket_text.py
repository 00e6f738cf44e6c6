"""The ticket as lines: two lines of facts, messages by author, what is folded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from data.records.customers import Customer, Identity
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Priority, Status, Ticket
from tests.tui.playing import NOW
from tui.look.inked_lines import Ink
from tui.ticket.mail_lines import unanswered
from tui.ticket.ticket_text import Conversation, fact_lines, rooms, text_in_steps, ticket_lines

CUSTOMER = Customer(1, "Ana", (Identity("email", "ana@x.example"),), "es")
TICKET = Ticket(7, "mail", Status.NEW, Priority.NORMAL, "No entro", 1, NOW, NOW, language="es", confidence=1.0)
MAIL = Message(
    1, 7, Direction.IN, MessageKind.MAIL, "Ana", "ana@x.example", "No entro", "Hola", "Hola", NOW, NOW, "es", 1.0
)


def conversation(*messages: Message, ticket: Ticket = TICKET) -> Conversation:
    return Conversation(ticket, CUSTOMER, messages, ())


def test_two_lines_hold_the_facts_and_late_clocks_are_marked() -> None:
    ticket = replace(TICKET, tags=("refund",), first_due=NOW - 60, resolve_due=NOW + 7_200)
    state, person = fact_lines(conversation(MAIL, ticket=ticket), 120, NOW)
    assert state.text.startswith("new · normal · unassigned · +refund · first reply 1m late · resolution due in 2h00")
    ((start, end, ink),) = state.marked
    assert (state.text[start:end], ink) == ("first reply 1m late", Ink.LATE)
    assert person.text.startswith("Ana · language es (100%)")


def test_the_next_clock_is_in_sight_however_many_tags_there_are() -> None:
    ticket = replace(TICKET, tags=tuple(f"tag-number-{n}" for n in range(20)), first_due=NOW + 60)
    for width in (58, 78, 120):
        state, _ = fact_lines(conversation(MAIL, ticket=ticket), width, NOW)
        assert "first reply due in 1m" in state.text
        assert "more" in state.text
        assert cell_len(state.text) == width


def test_messages_differ_by_indent_and_margin_without_colour() -> None:
    ours = replace(MAIL, id=2, direction=Direction.OUT, text="Buenas", new_text="Buenas")
    note = replace(MAIL, id=3, direction=Direction.NOTE, text="call him", new_text="call him")
    lines = [line.text.rstrip() for line in ticket_lines(conversation(MAIL, ours, note), 60, NOW, quotes=False)]
    assert "│ Hola" in lines
    assert "        Buenas" in lines
    assert "   ┃ call him" in lines
    assert lines[-2].startswith("   NOTE by Ana")


def test_what_is_folded_is_counted() -> None:
    mail = replace(MAIL, text="Hola\n\n> one\n> two\n-- \nAna", new_text="Hola")
    lines = [line.text.rstrip() for line in ticket_lines(conversation(mail), 70, NOW, quotes=False)]
    assert "│ … 4 lines folded, 2 of them quoted · Q shows them" in lines
    assert not any("folded" in line.text for line in ticket_lines(conversation(mail), 70, NOW, quotes=True))


def test_only_a_sender_who_is_not_known_has_an_address_in_the_head() -> None:
    (head, *_) = ticket_lines(conversation(MAIL), 70, NOW, quotes=False)
    assert head.text.rstrip() == "← Ana · 0s ago"
    (head, *_) = ticket_lines(conversation(replace(MAIL, from_address="eve@y.example")), 70, NOW, quotes=False)
    assert "<eve@y.example>" in head.text


def test_a_very_long_mail_is_laid_out_in_part() -> None:
    mail = replace(MAIL, text="word " * 10_000, new_text="word " * 10_000)
    lines = ticket_lines(conversation(mail), 70, NOW, quotes=False, room=[1_000])
    assert len(lines) < 30
    assert "more text" in lines[-1].text


def test_the_newest_mails_have_the_room() -> None:
    mails = [replace(MAIL, id=n, text="word " * 1_000, new_text="word " * 1_000) for n in range(4)]
    assert rooms(mails, 3_000, 7_000, quotes=False) == [0, 1_000, 3_000, 3_000]
    assert rooms(mails, 3_000, 7_000, quotes=False, least=50) == [50, 1_000, 3_000, 3_000]
    assert rooms([MAIL], 3_000, 7_000, quotes=False) == [len(MAIL.new_text)]


@pytest.mark.masked
def test_text_that_is_laid_out_in_steps_is_the_same() -> None:
    text = "Mi tarjeta es 4539 9458 0730 2151, gracias. " * 500
    mail = replace(MAIL, text=text, new_text=text)
    for most in (500, 20_000, 100_000):
        lines = ticket_lines(conversation(mail), 70, NOW, quotes=False, room=[most])
        steps = text_in_steps(mail, 70, quotes=False, most=most)
        count, done = 0, None
        while done is None:
            try:
                next(steps)
                count += 1
            except StopIteration as end:
                done = end.value
        assert done == lines[1:]
        assert count > most / 6_000 or most > len(text)
        assert "4539" not in "".join(line.text for line in lines)


def test_what_the_customer_wrote_since_our_last_reply_is_unanswered() -> None:
    ours = replace(MAIL, id=2, direction=Direction.OUT)
    note = replace(MAIL, id=3, direction=Direction.NOTE)
    again, more = replace(MAIL, id=4), replace(MAIL, id=5)
    assert [message.id for message in unanswered(conversation(MAIL, ours, again, note, more))] == [4, 5]
    assert [message.id for message in unanswered(conversation(MAIL, ours))] == [1]
    assert unanswered(conversation()) == []
