"""The customer's card and the clipboard, by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.customers import Customer, Identity
from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import EVIL, NOW, fifteen_tickets, incoming, make_desk, picture, play, press, status_of
from tui.app import DeskApp
from tui.customer.customer_card import facts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Ticket 1's customer has a solved ticket, 16, in another lane."""
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    desk = make_desk(store)
    first = incoming(900, "My old [/b] case", "app", language="en")
    (found,) = desk.receive([replace(first, from_address="zoe1@customer.example")])
    desk.act([found.ticket_id], Change(lane="safety", status=Status.SOLVED))
    store.close()
    return path


def test_the_card_tells_who_writes_and_opens_an_earlier_ticket_of_another_lane(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "c")
        shown = picture(app)
        for fact in (
            "Zoë Ñandú",
            "email zoe1@customer.example",
            "tier standard",
            "#16 Safety · solved",
            "My old [/b] case",
        ):
            assert fact in shown
        assert "← Hola, No puedo entrar en mi cuenta" in shown
        await press(pilot, app, "enter")
        assert (app.desk.view.ticket_id, app.desk.active) == (16, 2)
        await press(pilot, app, "O")
        assert status_of(path, 16) is Status.OPEN
        await press(pilot, app, "comma")
        assert (app.desk.view.ticket_id, app.desk.active) == (1, 0)
        await press(pilot, app, "c", "j", "k", "c")
        assert app.screen is app.desk.screen

    play(path, script, (80, 24))


def test_facts_of_somebody_hardly_known() -> None:
    told = facts(Customer(1, ""), NOW)
    assert told[0] == "no known address or handle"
    assert "language not known" in told[1]
    known = Customer(1, "Ana", (Identity("handle", "@a\x1bna"),), "es", "usted", "es-MX", "gold", NOW - 7_200)
    assert facts(known, NOW) == [
        "handle @a␛na",
        "language es · address usted · region es-MX · tier gold",
        "first seen 2h00 ago",
    ]


def test_words_are_copied_safe_and_by_key(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "y", "y")
        assert app.clipboard == "Hola, No puedo entrar en mi cuenta"
        await press(pilot, app, "y", "n")
        assert app.clipboard == "#1"
        await press(pilot, app, "y", "a")
        assert app.clipboard == "zoe1@customer.example"
        await press(pilot, app, "x", "j", "x", "y", "down", "enter")
        assert app.clipboard == "#1 #4"
        await press(pilot, app, "escape", "g", "3", "y", "s")
        assert "\x1b" in EVIL
        assert app.clipboard.startswith("Refund ")
        assert "\x1b" not in app.clipboard
        await press(pilot, app, "y", "escape")
        assert app.screen is app.desk.screen

    play(path, script, (80, 24))
