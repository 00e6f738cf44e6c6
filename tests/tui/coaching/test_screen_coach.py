from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.shifts import Effort
from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import NOW, fifteen_tickets, make_desk, picture, play, press
from tui.app import DeskApp
from tui.setup.settings import config_folder


@pytest.fixture
def desk_file(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def efforts(path: Path) -> dict[int, Effort]:
    store = Store.open(path)
    try:
        return {one.ticket_id: one for one in store.effort.of_solved("ann", 0, NOW + 1)}
    finally:
        store.close()


def test_a_plain_ticket_takes_two_keys_and_typing_is_counted_apart(desk_file: Path) -> None:
    solved: list[int | None] = []

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "j", "k", "enter")
        solved.append(app.desk.view.ticket_id)
        await press(pilot, app, "8", "enter")
        await press(pilot, app, "r", *"hello", "backspace", "ctrl+s", "enter")
        solved.append(None)
        await app.parts.quit.all_kept()

    play(desk_file, script)
    found = efforts(desk_file)

    assert solved[0] is not None
    # Enter opened it from the list, 8 and Enter answered it
    assert (found[solved[0]].keys, found[solved[0]].letters) == (3, 0)
    (typed,) = [one for number, one in found.items() if number != solved[0]]
    assert (typed.keys, typed.letters) == (3, 6)
    assert typed.seconds >= 0


def test_tickets_passed_by_in_the_list_are_not_counted(desk_file: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "k", "j", "e")
        await app.parts.quit.all_kept()

    play(desk_file, script)
    store = Store.open(desk_file)
    with store.write():
        assert len(store.effort.of_solved("ann", 0, NOW + 1)) == 1
    store.close()


def typed_often(path: Path) -> Path:
    store = Store.open(path)
    desk = make_desk(store)
    for ticket in list(store.tickets.each())[:4]:
        text = f"Hello,\n\nThe invoice of your order {ticket.id} went out to your accountant again today."
        desk.act([ticket.id], Change(reply=text, reply_language="en", status=Status.SOLVED))
    store.close()
    return path


def test_the_coach_saves_what_was_typed_often_as_a_macro(desk_file: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "C")
        assert "typed 4 times (en): make it a macro" in picture(app)
        await press(pilot, app, "down", "enter")
        assert "The invoice of your order" in picture(app)
        await press(pilot, app, "enter")
        assert "Saved as own/the-invoice" in picture(app)

    play(typed_often(desk_file), script)
    (saved,) = (config_folder() / "macros" / "own").glob("*.j2")
    assert "went out to your accountant again today." in saved.read_text(encoding="utf-8")


def test_the_coach_of_a_fresh_desk_says_that_there_is_nothing_yet(desk_file: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "C")
        assert "No solved tickets in the last 30 days." in picture(app)
        await press(pilot, app, "enter")
        await press(pilot, app, "M")
        assert "You have not sent a reply yet." in picture(app)

    play(desk_file, script)


def test_the_reply_just_sent_becomes_a_macro(desk_file: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "M")
        await press(pilot, app, "enter")
        assert "Saved as payment/the-invoice" in picture(app)
        await press(pilot, app, "M")
        await press(pilot, app, "escape")

    play(typed_often(desk_file), script)
    assert len(list((config_folder() / "macros").rglob("*.j2"))) == 1
