from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Ticket
from data.store import Store
from macros.files.library import Library
from macros.filling.macro import Actions, Ask, Body, EscalateTo, Macro, Words
from macros.suggesting.learning import Learner
from macros.suggesting.offering import SURE, Situation
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tui.digits.digit_ranking import Ranking, Slot
from tui.digits.digit_slots import SUGGESTED
from tui.digits.macros_at_hand import SLOTS, Answering

NOW = 1_790_000_000
MONEY = "I paid twice for the same thing and would like my refund please"
DOOR = "Se me ha bloqueado la cuenta y necesito los pasos para desbloquear"


def clock() -> int:
    return NOW


def message(n: int, text: str, language: str) -> Incoming:
    return Incoming(
        connector="demo",
        source=f"demo:{n}",
        raw_sha256=f"{n:064}",
        kind=MessageKind.MAIL,
        from_name="Zoë",
        from_address=f"zoe{n}@customer.example",
        subject="Hello",
        text=text,
        new_text=text,
        at=NOW,
        message_id=f"<{n}@customer.example>",
        language=language,
        confidence=0.97,
        lane="mail",
        received_at=NOW,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="ann")
    desk.receive([message(1, MONEY, "en"), message(2, DOOR, "es"), message(3, "", "en")])
    yield store
    store.close()


def answering(store: Store) -> Answering:
    loaded = Answering(store, clock, "ann")
    loaded.load()
    return loaded


def names(slots: list[Macro | None]) -> list[str]:
    return [macro.name if macro else "" for macro in slots]


def tickets(store: Store) -> list[Ticket]:
    return sorted(store.tickets.each(), key=lambda ticket: ticket.id)


def test_the_first_keys_follow_what_the_customer_wrote(store: Store) -> None:
    answers, (money, door, _) = answering(store), tickets(store)
    assert any(name.startswith("payment/") for name in names(answers.slots(money))[:3])
    assert any(name.startswith("locked-account/") for name in names(answers.slots(door))[:3])


def test_every_digit_holds_another_macro_or_none_and_named_keys_stay(store: Store) -> None:
    answers = answering(store)
    for ticket in tickets(store):
        held = names(answers.slots(ticket))
        assert len(held) == SLOTS
        assert all(held[SUGGESTED:])
        assert len(set(filter(None, held))) == sum(map(bool, held))
        assert held[3] == "general/acknowledge"
        assert held == names(answers.slots(ticket))


def test_titles_come_in_the_tickets_language(store: Store) -> None:
    answers, (money, door, _) = answering(store), tickets(store)
    for ticket, language in ((money, "en"), (door, "es")):
        slots = enumerate(answers.slots(ticket), 1)
        held = [(number, macro.title.for_language(language)) for number, macro in slots if macro]
        assert [(slot.number, slot.title) for slot in answers.strip(ticket) if slot.number] == held


def test_nothing_is_on_the_keys_before_the_macros_are_there(store: Store) -> None:
    answers = Answering(store, clock, "ann")
    assert answers.slots(tickets(store)[0]) == [None] * SLOTS
    assert answers.strip(tickets(store)[0]) == []


def macro(name: str, *, topic: str = "", asks: bool = False, escalates: bool = False) -> Macro:
    return Macro(
        name,
        Words((("", "same title"),)),
        (),
        topics=(topic,) if topic else (),
        asks=(Ask("reference", Words()),) if asks else (),
        actions=Actions(escalate=EscalateTo("Safety") if escalates else None),
    )


def order(store: Store, ticket: Ticket, *macros: Macro) -> list[str]:
    library = cast(Library, macros)
    return list(Ranking(store, library, Learner(macros), SURE).of(ticket, Situation.of(ticket)))


def test_the_tickets_own_topic_goes_first(store: Store) -> None:
    ticket = replace(tickets(store)[0], topic="payment")
    assert order(store, ticket, macro("a"), macro("z", topic="payment")) == ["z", "a"]


def test_what_can_leave_as_it_is_goes_first_at_equal_score(store: Store) -> None:
    ready, escalates, both = macro("z"), macro("y", escalates=True), macro("x", asks=True, escalates=True)
    assert order(store, tickets(store)[0], both, escalates, ready) == ["z", "y", "x"]


def test_what_has_words_in_the_tickets_language_goes_first(store: Store) -> None:
    english, spanish = (
        replace(macro(name), bodies=(Body(language, "Same words", 1),)) for name, language in (("a", "en"), ("z", "es"))
    )
    money, door, _ = tickets(store)
    assert order(store, money, english, spanish) == ["a", "z"]
    assert order(store, door, english, spanish) == ["z", "a"]


def answer(store: Store, ticket_id: int, macro: str, language: str) -> None:
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="ann")
    desk.act([ticket_id], Change(reply="Our answer.", macro=macro, reply_language=language))


def test_the_digits_follow_what_agents_chose_once_the_ticket_is_opened_anew(store: Store) -> None:
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="ann")
    unusual = "The pelican on my balcony hums all night long"
    desk.receive([message(n, f"{unusual} {n}", "en") for n in range(10, 15)])
    pelicans = [ticket for ticket in tickets(store) if ticket.id > 3]
    answers = answering(store)
    chosen = "crash/ask-version"
    held = names(answers.slots(pelicans[-1]))

    for ticket in pelicans[:4]:
        answer(store, ticket.id, chosen, "en")
    answers.learn()

    assert names(answers.slots(pelicans[-1])) == held, "nothing moves under the finger"
    answers.opened(pelicans[-1].id)
    assert names(answers.slots(pelicans[-1]))[0] == chosen
    assert answers.why(pelicans[-1], chosen) == "4 of 4 like this"
    assert answers.strip(pelicans[-1])[0].note == "4/4"


def test_an_undone_reply_is_forgotten_and_a_new_message_ranks_again(store: Store) -> None:
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="ann")
    answers, first = answering(store), tickets(store)[0]
    answers.learn()
    before = answers.why(first, "general/more-details")
    answer(store, first.id, "general/more-details", "en")
    answers.learn()
    answers.opened(first.id)
    assert answers.why(first, "general/more-details") == "as for “Hello”"

    desk.undo()
    answers.learn()
    answers.opened(first.id)
    assert answers.why(first, "general/more-details") == before == ""


def test_what_nothing_speaks_for_is_weak(store: Store) -> None:
    ticket, answers = tickets(store)[2], answering(store)
    assert not any(answers.slots(ticket)[:SUGGESTED])
    assert answers.strip(ticket)[0] == Slot(0, "nothing fits · m find · r write")
    assert answers.weak(ticket, "crash/ask-version")


def test_the_threshold_is_a_setting(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tridesk").mkdir()
    (tmp_path / "tridesk" / "config.toml").write_text("[suggestions]\nsure = 1.0\n")
    answers = answering(store)
    assert not any(macro for ticket in tickets(store) for macro in answers.slots(ticket)[:SUGGESTED])
