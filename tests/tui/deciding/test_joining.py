"""Merging tickets by keys: from the list, by number, several at once, and another customer's only after a question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import NOW, incoming, make_desk, picture, play, press, status_of, ticket
from tui.app import DeskApp
from tui.cards.key_menu import KeyMenu


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three tickets: the first two of one customer."""
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = make_desk(store)
    first = incoming(1, "No puedo entrar", "mail")
    second = replace(incoming(2, "Sigo sin poder entrar", "mail", at=NOW - 60), from_address=first.from_address)
    desk.receive([first, second, incoming(3, "No puedo pasar", "mail", at=NOW - 30)])
    store.close()
    return path


async def at(pilot: Pilot[int], app: DeskApp, number: int) -> None:
    """Open a ticket by its number."""
    await press(pilot, app, "slash", *f"#{number}", "enter", "enter")
    assert app.desk.target() == number
    assert app.desk.reading


def test_another_ticket_of_the_customer_is_chosen_from_a_list_and_undone(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await at(pilot, app, 2)
        await press(pilot, app, "I")
        assert "#1 new: No puedo entrar" in picture(app)
        assert "#3 new: " not in picture(app), "other customers' tickets are not offered"
        await press(pilot, app, "enter")
        assert ticket(app, 2).merged_into == 1
        assert "#2: merged into #1 · z undoes it" in picture(app)
        assert app.desk.view.ticket_id == 1, "the agent reads on where the messages are"
        assert "from #2" in picture(app)
        await press(pilot, app, "z")
        assert (ticket(app, 2).merged_into, ticket(app, 2).status) == (None, Status.NEW)

    play(path, script)
    assert status_of(path, 1) is Status.NEW


def test_a_number_is_taken_as_it_was_typed(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await at(pilot, app, 1)
        await press(pilot, app, "I", "2", "enter")
        assert ticket(app, 1).merged_into == 2

    play(path, script)


def test_a_number_without_a_ticket_changes_nothing(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await at(pilot, app, 1)
        await press(pilot, app, "I", "9", "9", "enter")
        assert "There is no other ticket #99; nothing was merged." in app.desk.last_said
        await press(pilot, app, "I", "1", "enter")
        assert "There is no other ticket #1; nothing was merged." in app.desk.last_said
        await press(pilot, app, "I", "escape")
        assert all(one.merged_into is None for one in app.desk.store.tickets.each())

    play(path, script)


def test_another_customers_ticket_asks_once_and_escape_merges_nothing(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await at(pilot, app, 3)
        await press(pilot, app, "I", "1", "enter")
        assert isinstance(app.screen, KeyMenu)
        assert "Different customers: #3 Zoë Ñandú 3; #1 is from Zoë Ñandú 1" in picture(app)
        await press(pilot, app, "escape")
        assert ticket(app, 3).merged_into is None
        await press(pilot, app, "I", "1", "enter", "y")
        assert ticket(app, 3).merged_into == 1

    play(path, script)


def test_all_selected_are_merged_into_one_of_them(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "V", "I", "1", "enter", "y")
        assert [ticket(app, number).merged_into for number in (1, 2, 3)] == [None, 1, 1]
        await press(pilot, app, "z")
        assert [ticket(app, number).merged_into for number in (1, 2, 3)] == [None, None, None]

    play(path, script)


def test_a_merged_ticket_shows_where_it_went(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await at(pilot, app, 2)
        await press(pilot, app, "I", "1", "enter", "escape")
        await at(pilot, app, 2)
        assert "merged into #1" in picture(app)
        await press(pilot, app, "O")
        assert "#2 was merged into #1" in app.desk.last_said

    play(path, script)
