from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Status
from data.store import Store
from macros.authoring.usage import MacroUse, uses
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules

START = 1_800_000_000


class Clock:
    now = START

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=Clock(), rules=DeskRules(), agent="noa")
    for n in range(1, 5):
        who = ("Ana", f"ana{n}@clientes.example", "Help", "Hi", "Hi", START)
        desk.receive([Incoming("post", f"test {n}", f"{n:064}", MessageKind.MAIL, *who, message_id=f"<{n}@x>")])
    yield desk
    store.close()


def told(desk: Desk, since: int = 0, names: tuple[str, ...] = ()) -> dict[str, MacroUse]:
    return {use.macro: use for use in uses(desk.store.events.each(), desk.store.tickets.get, since, names)}


def answer(macro: str, language: str = "en", *, edited: bool | None = None, solve: bool = False) -> Change:
    status = Status.SOLVED if solve else Status.PENDING
    return Change(reply="Hello.", macro=macro, reply_language=language, edited=edited, status=status)


def test_uses_languages_and_edits_are_counted(desk: Desk) -> None:
    desk.act([1], answer("a/one", "en", edited=False, solve=True))
    desk.act([2], answer("a/one + b/two", "es", edited=True))
    desk.act([3], answer("a/one"))
    desk.act([4], Change(reply="By hand."))
    found = told(desk, names=("never/used",))

    one = found["a/one"]
    assert (one.uses, one.edited, one.unedited, one.first_touch) == (3, 1, 1, 1)
    assert one.languages == {"en": 2, "es": 1}
    assert (found["b/two"].uses, found["b/two"].first_touch) == (1, 0)
    assert (found["never/used"].uses, found["never/used"].last_used) == (0, 0)
    assert next(iter(found)) == "a/one"


def test_what_was_called_back_is_no_use_until_it_is_done_again(desk: Desk) -> None:
    desk.act([1], answer("a/one", solve=True))
    desk.undo()
    assert (told(desk)["a/one"].uses, told(desk)["a/one"].undone) == (0, 1)
    desk.redo()
    assert (told(desk)["a/one"].uses, told(desk)["a/one"].undone) == (1, 0)


def test_a_second_reply_takes_the_first_touch_away(desk: Desk) -> None:
    desk.act([1], answer("a/one", solve=True))
    desk.act([1], answer("b/two", solve=True))
    assert [use.first_touch for use in told(desk).values()] == [0, 0]


def test_only_the_period_counts(desk: Desk) -> None:
    desk.act([1], answer("a/one"))
    assert told(desk, since=START + 1) == {}
    assert told(desk, since=START)["a/one"].last_used == START
