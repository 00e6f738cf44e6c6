"""Copies of many replies at once: the card says for how many tickets they go and to whom, and a key leaves them out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.store import Store
from macros.checks.check import Checker
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.tui.playing import clock, incoming, make_desk, picture, play, press, settled
from tui.app import DeskApp
from tui.replying.bulk_plan import AS_SAID, Plan

BOB, EVE = "bob@customer.example", "eve@else.example"


def make(store: Store) -> Desk:
    return Desk(store, clock=clock, rules=DeskRules(), checker=Checker(lambda text: ("und", 0.0)), agent="ann")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three tickets; the customers of two named people in Cc."""
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = make_desk(store)
    people = ((BOB,), (), (EVE, BOB))
    desk.receive([replace(incoming(n, "No puedo entrar", "mail"), cc=cc) for n, cc in enumerate(people, 1)])
    store.close()
    return path


async def card(pilot: Pilot[int], app: DeskApp) -> None:
    await press(pilot, app, "V")
    ticket = app.desk.ticket()
    assert ticket is not None
    app.parts.replies.preview_macro(ticket, "general/closing-thanks")
    await settled(pilot, app)


def copies(app: DeskApp) -> list[tuple[str, ...]]:
    return sorted(entry.cc for entry in app.desk.store.outbox.waiting())


def test_the_card_says_who_gets_copies(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await card(pilot, app)
        shown = picture(app)
        assert "copies for 2 of them, to" in shown
        assert BOB in shown
        assert EVE in shown
        assert "c leaves them out" in shown
        await press(pilot, app, "enter")
        assert copies(app) == [(), (BOB,), (EVE, BOB)]

    play(path, script, make=make)


def test_a_key_leaves_them_out_and_puts_them_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await card(pilot, app)
        await press(pilot, app, "c")
        assert "c puts them back" in picture(app)
        await press(pilot, app, "c")
        assert "leaves them out" in picture(app)
        await press(pilot, app, "c", "enter")
        assert copies(app) == [(), (), ()]
        assert app.desk.store.participants.decided(1) == {}  # for these replies only

    play(path, script, (80, 24), make=make)


def test_many_people_are_counted() -> None:
    people = tuple(f"p{n}@x.example" for n in range(9))
    plan = Plan({}, {AS_SAID: {7: "held"}}, {}, copies={1: people[:5], 2: people[4:], 7: ("held@x.example",)})
    assert plan.copy_words(AS_SAID) == f"copies for 2 of them, to {', '.join(people[:4])} and 5 more"
    assert Plan({}, {}, {}).copy_words(AS_SAID) == ""
