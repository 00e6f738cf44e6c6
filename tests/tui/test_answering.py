from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.records import Incoming, MessageKind, Priority, Status, Ticket
from data.store import Store
from macros.macro import Actions, Ask, EscalateTo, Macro, Words
from queues.desk import Desk
from queues.desk_rules import DeskRules
from tui.answering import SLOTS, Answering, _place

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


def test_every_digit_holds_another_macro_and_named_keys_stay(store: Store) -> None:
    answers = answering(store)
    for ticket in tickets(store):
        held = names(answers.slots(ticket))
        assert len(set(held)) == SLOTS
        assert held[3] == "general/acknowledge"
        assert held == names(answers.slots(ticket))


def test_titles_come_in_the_tickets_language(store: Store) -> None:
    answers, (money, door, _) = answering(store), tickets(store)
    for ticket, language in ((money, "en"), (door, "es")):
        held = [macro.title.for_language(language) for macro in answers.slots(ticket) if macro]
        assert answers.slot_titles(ticket) == list(enumerate(held, 1))


def test_nothing_is_on_the_keys_before_the_macros_are_there(store: Store) -> None:
    answers = Answering(store, clock, "ann")
    assert answers.slots(tickets(store)[0]) == [None] * SLOTS
    assert answers.slot_titles(tickets(store)[0]) == []


def macro(name: str, *, topic: str = "", asks: bool = False, escalates: bool = False) -> Macro:
    return Macro(
        name,
        Words((("", name),)),
        (),
        topics=(topic,) if topic else (),
        asks=(Ask("reference", Words()),) if asks else (),
        actions=Actions(escalate=EscalateTo("Safety") if escalates else None),
    )


def bare_ticket(topic: str = "") -> Ticket:
    return Ticket(1, "mail", Status.NEW, Priority.NORMAL, "Hello", 1, NOW, NOW, topic=topic)


def test_the_tickets_own_topic_goes_before_a_better_score_and_the_score_decides_within_it() -> None:
    ticket = bare_ticket("payment")
    own, other = macro("z", topic="payment"), macro("a")
    assert _place(own, ticket, 0.5) < _place(other, ticket, 0.6)
    assert _place(own, ticket, 0.0) < _place(other, ticket, 0.9)
    assert _place(own, ticket, 0.9) < _place(own, ticket, 0.2)


def test_what_can_leave_as_it_is_goes_first_at_equal_score() -> None:
    ticket = bare_ticket()
    ready, escalates, asks = macro("z"), macro("y", escalates=True), macro("x", asks=True)
    assert _place(ready, ticket, 0.5) < _place(escalates, ticket, 0.5) < _place(asks, ticket, 0.5)
    assert _place(asks, ticket, 0.9) < _place(ready, ticket, 0.5)
