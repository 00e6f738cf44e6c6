from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.macro_names import joined
from data.records.changes import Answered
from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Priority, Status, Ticket
from data.store import Store
from macros.files.front_matter import parse
from macros.suggesting import learning
from macros.suggesting.learning import Learner

NOW = 1_790_000_000
MACROS = [
    parse("a/one", "+++\ntitle = 'Opening hours'\n+++\nWe open at nine"),
    parse("a/two", "+++\ntitle = 'Parking'\n+++\nBehind the house"),
]


@pytest.fixture(autouse=True)
def _words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("macros.suggesting.semantic.PACKAGE", "no_such_package")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    yield store
    store.close()


def asked(store: Store, text: str, macro: str, *, language: str = "en") -> int:
    """Put a ticket with a question and its answer into the store; return the reply's number."""
    with store.write():
        customer = store.customers.insert(Customer(0, "Zoë"))
        ticket = store.tickets.insert(Ticket(0, "mail", Status.OPEN, Priority.NORMAL, "Hello", customer, NOW, NOW))
        store.messages.insert(message(ticket, Direction.IN, text))
        return store.messages.insert(message(ticket, Direction.OUT, "Our answer", macro=macro, language=language))


def message(ticket: int, direction: Direction, text: str, *, macro: str = "", language: str = "en") -> Message:
    return Message(
        id=0, ticket_id=ticket, direction=direction, kind=MessageKind.MAIL, from_name="", from_address="",
        subject="Hello", text=text, new_text=text, at=NOW, received_at=NOW, language=language, macro=macro,
    )  # fmt: skip


def first(learner: Learner, text: str) -> str:
    return learner.suggest(text, 1, frozenset(("a/one", "a/two")), "en", {})[0].macro


def test_replies_from_anywhere_are_learned_and_undone_ones_forgotten(store: Store) -> None:
    learner = Learner(MACROS)
    assert learner.catch_up(store) == 0

    reply = asked(store, "where does the pelican sleep", "a/two")
    assert learner.catch_up(store) == 1
    assert first(learner, "our pelican sleeps badly") == "a/two"
    assert learner.catch_up(store) == 0

    with store.write():
        store.messages.withdraw(reply, True)
    assert learner.catch_up(store) == 1
    assert first(learner, "our pelican sleeps badly") == "a/one"

    with store.write():
        store.messages.withdraw(reply, False)
    assert learner.catch_up(store) == 1
    assert first(learner, "our pelican sleeps badly") == "a/two"


def test_a_new_start_knows_what_stands_in_the_store(store: Store) -> None:
    asked(store, "where does the pelican sleep", "a/two")
    asked(store, "", "a/two")
    learner = Learner(MACROS)

    assert learner.catch_up(store) == 2
    assert first(learner, "our pelican sleeps badly") == "a/two"


def test_a_reply_of_several_macros_teaches_each(store: Store) -> None:
    asked(store, "where does the pelican sleep", joined(["a/one", "a/two"]))
    learner = Learner(MACROS)
    learner.catch_up(store)
    found = learner.suggest("where does the pelican sleep", 2, frozenset(("a/one", "a/two")), "en", {})

    assert [one.alike for one in found] == [1, 1]


def test_more_replies_than_are_looked_at_again_are_all_learned(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "RECENT", 3)
    learner = Learner(MACROS)
    for n in range(3):
        asked(store, f"question {n}", "a/one")
    assert learner.catch_up(store) == 3
    for n in range(5):
        asked(store, f"pelican {n}", "a/two")

    assert learner.catch_up(store) == 8
    asked(store, "pelican again", "a/two")
    assert learner.catch_up(store) == 1


def test_macros_that_came_since_are_suggested(store: Store) -> None:
    learner = Learner(MACROS[:1])
    learner.know(MACROS)

    assert first(learner, "parking behind the house") == "a/two"


def test_learning_a_long_history_ends_when_the_program_does(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        asked(store, f"where does pelican {number} sleep", "a/two")
    learner, learned = Learner(MACROS), list[int]()

    def learn_and_stop(suggester: object, answered: Answered) -> None:
        learned.append(answered.reply_id)
        learner.stop()

    monkeypatch.setattr(learning, "_learn", learn_and_stop)
    assert learner.catch_up(store) == 0
    assert len(learned) == 1
    assert first(learner, "when do you open") == "a/one"
