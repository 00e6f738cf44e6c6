"""Splitting a message off and moving it, by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import NOW, incoming, make_desk, picture, play, press, ticket
from tui.app import DeskApp
from tui.cards.key_menu import KeyMenu


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ticket with two mails, another of the same customer, and one of someone else."""
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = make_desk(store)
    first = incoming(1, "No puedo entrar", "mail")
    second = replace(incoming(2, "Y mi factura", "mail", at=NOW - 60), references=(first.message_id,))
    third = incoming(3, "Factura de mayo", "mail", at=NOW - 50)
    desk.receive([first, replace(second, from_address=first.from_address)])
    desk.receive([replace(third, from_address=first.from_address), incoming(4, "Otra cosa", "mail", at=NOW - 40)])
    store.close()
    return path


async def take_out(pilot: Pilot[int], app: DeskApp, number: int, *keys: str) -> None:
    """Take the newest message out of a ticket."""
    await press(pilot, app, "slash", *f"#{number}", "enter", "enter", "T")
    await press(pilot, app, *keys)


def held(app: DeskApp, number: int) -> list[str]:
    return [message.new_text for message in app.desk.store.messages.of(number) if message.direction == "in"]


def test_a_message_is_split_off_and_taken_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await take_out(pilot, app, 1)
        assert "← Zoë Ñandú 2, 1m ago: Hola, Y mi factura" in picture(app)
        await press(pilot, app, "enter")
        assert "n  into a new ticket" in picture(app)
        await press(pilot, app, "n")
        assert "#1: 1 message split off into #4 · z undoes it" in picture(app)
        assert (held(app, 1), held(app, 4)) == (["Hola, No puedo entrar"], ["Hola, Y mi factura"])
        await press(pilot, app, "z")
        assert (len(held(app, 1)), held(app, 4)) == (2, [])
        assert ticket(app, 4).status is Status.CLOSED

    play(path, script)


def test_a_message_is_moved_to_another_ticket_of_the_customer(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await take_out(pilot, app, 1, "enter", "m")
        assert "#2 new: Factura de mayo" in picture(app)
        await press(pilot, app, "enter")
        assert held(app, 2) == ["Hola, Y mi factura", "Hola, Factura de mayo"]
        assert "#1: 1 message moved to #2" in picture(app)

    play(path, script)


def test_another_customers_ticket_asks_once(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await take_out(pilot, app, 1, "enter", "m", "3", "enter")
        assert isinstance(app.screen, KeyMenu)
        await press(pilot, app, "escape")
        assert len(held(app, 1)) == 2
        await take_out(pilot, app, 1, "enter", "m", "3", "enter", "y")
        assert len(held(app, 3)) == 2

    play(path, script)


def test_escape_moves_nothing_and_a_refusal_says_why(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await take_out(pilot, app, 1, "escape")
        await take_out(pilot, app, 1, "enter", "escape")
        await take_out(pilot, app, 1, "enter", "m", "9", "9", "enter")
        assert "There is no ticket #99" in app.desk.last_said
        await take_out(pilot, app, 3, "enter", "n")
        assert "#3 has no other message" in app.desk.last_said
        assert len(held(app, 1)) == 2

    play(path, script)
