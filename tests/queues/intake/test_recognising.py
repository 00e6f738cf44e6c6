"""Languages at intake: what the customer wrote before, what our market is, and which words are ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.intake.language_of_incoming import Recogniser
from queues.mail.language_guess import guess_language

NOW = 1_800_000_000
LONG_ENGLISH = "The app keeps crashing whenever I open my profile page on the phone, can you help?"
OURS = "Thank you for writing to us. We have received your message and one of us will answer within a day."


def mail(
    text: str, *, number: int, sender: str = "ana@customer.example", subject: str = "", guessed: bool = True
) -> Incoming:
    language, confidence = guess_language(text) if guessed else ("und", 0.0)
    return Incoming(
        connector="demo", source=f"demo:{number}", raw_sha256=f"{number:064}", kind=MessageKind.MAIL, from_name="Ana",
        from_address=sender, subject=subject or f"Matter {number}", text=text, new_text=text, at=NOW + number,
        message_id=f"<{number}@customer.example>", language=language, confidence=confidence,
    )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    yield Desk(store, clock=lambda: NOW, rules=DeskRules())
    store.close()


def arrive(desk: Desk, *items: Incoming) -> list[Ticket]:
    """Let messages in as the workers do; return their tickets."""
    received = desk.receive(Recogniser(desk.store).recognised(items))
    found = [desk.store.tickets.get(one.ticket_id) for one in received]
    return [ticket for ticket in found if ticket is not None]


def test_a_short_word_is_read_in_the_language_of_before(desk: Desk) -> None:
    word = "cancelar"
    assert Recogniser(desk.store).recognised([mail(word, number=1)])[0].language == "und"
    arrive(desk, mail("No puedo entrar en mi cuenta desde ayer por la tarde.", number=2))
    again = Recogniser(desk.store).recognised([mail(word, number=3)])[0]
    assert again.language == "es"


def test_the_same_batch_knows_what_it_brought(desk: Desk) -> None:
    items = [mail("No puedo entrar en mi cuenta desde ayer por la tarde.", number=1), mail("cancelar", number=2)]
    assert [one.language for one in Recogniser(desk.store).recognised(items)] == ["es", "es"]


def test_an_agents_correction_is_the_prior_of_the_next_message(desk: Desk) -> None:
    (ticket,) = arrive(desk, mail("ok", number=1))
    desk.act([ticket.id], Change(language="gl"))
    assert Recogniser(desk.store).recognised([mail("problema na conta", number=2)])[0].language == "gl"


@pytest.mark.parametrize("remembered", ["es", "pt", "gl", "de", "tr"])
def test_a_wrong_prior_flips_no_long_text(desk: Desk, remembered: str) -> None:
    (ticket,) = arrive(desk, mail("ok", number=1))
    desk.act([ticket.id], Change(language=remembered))
    (second,) = arrive(desk, mail(LONG_ENGLISH, number=2))
    assert (second.language, second.language_source) == ("en", "auto")


@pytest.mark.parametrize("text", ["👍", "??", "12345", "😀😀 !!", "https://a.example/x"])
def test_what_has_no_words_flips_no_ticket(desk: Desk, text: str) -> None:
    (ticket,) = arrive(desk, mail("No puedo entrar en mi cuenta desde ayer por la tarde.", number=1))
    joined = replace(mail(text, number=2, subject="Re: Matter 1"), references=("<1@customer.example>",))
    (after,) = arrive(desk, joined)
    assert after.id == ticket.id
    assert (after.language, after.confidence) == (ticket.language, ticket.confidence)


def test_a_new_ticket_without_words_takes_what_the_customer_wrote_before(desk: Desk) -> None:
    arrive(desk, mail("No puedo entrar en mi cuenta desde ayer por la tarde.", number=1))
    (second,) = arrive(desk, mail("👍", number=2))
    assert (second.language, second.language_source) == ("es", "customer")
    (stranger,) = arrive(desk, mail("👍", number=3, sender="new@customer.example"))
    assert stranger.language == "und"


def test_our_own_words_do_not_count(desk: Desk) -> None:
    wrapped = mail(f"sigue sin funcionar nada\n\n{OURS}", number=1)
    assert Recogniser(desk.store).recognised([wrapped])[0].language == "und"
    assert Recogniser(desk.store, own_texts=[OURS]).recognised([wrapped])[0].language == "es"


def test_what_we_answered_earlier_does_not_count(desk: Desk) -> None:
    (ticket,) = arrive(desk, mail("No puedo entrar en mi cuenta desde ayer por la tarde.", number=1))
    reply = "Our engineers looked at the server in the night and found the broken cable behind it."
    desk.act([ticket.id], Change(reply=reply))
    (second,) = Recogniser(desk.store).recognised([mail(f"sigue sin funcionar nada\n\n{reply}", number=2)])
    assert second.language == "es"


def test_two_languages_are_told_with_the_message(desk: Desk) -> None:
    text = "I cannot log in to my account since yesterday.\nNo me llega el código al teléfono desde ayer."
    (ticket,) = arrive(desk, mail(text, number=1))
    assert desk.store.messages.of(ticket.id)[0].mixed == "en+es"
    assert ticket.language == "und"


def test_a_configured_market_decides_what_words_leave_open(desk: Desk) -> None:
    text = "conta bloqueada"
    portuguese = Recogniser(desk.store, market={"pt": 0.9, "en": 0.1}).recognised([mail(text, number=1)])[0]
    assert portuguese.confidence > Recogniser(desk.store).recognised([mail(text, number=1)])[0].confidence


def test_a_guess_that_was_not_made_is_made_here_and_our_own_mail_is_left(desk: Desk) -> None:
    unread = mail(LONG_ENGLISH, number=1, guessed=False)
    ours = replace(unread, direction=Direction.OUT)
    assert [one.language for one in Recogniser(desk.store).recognised([unread, ours])] == ["en", "und"]
