"""`.` on the ticket that it gave asks why; graphic words are folded until a key shows them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.tickets import Priority
from data.store import Store
from tests.tui.playing import clock, fifteen_tickets, make_desk, picture, play, play_app, press
from tui.app import DeskApp
from tui.cli.main import run
from tui.setup.screen_settings import Ways
from tui.setup.writer import Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def skips(path: Path) -> list[tuple[int, dict[str, object]]]:
    store = Store.open(path)
    try:
        return [(one.ticket_id, dict(one.detail)) for one in store.events.each() if one.kind == "skipped"]
    finally:
        store.close()


def test_passing_over_asks_why_and_esc_stays(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        await press(pilot, app, "full_stop")
        assert desk.view.ticket_id == 8
        await press(pilot, app, "full_stop")
        assert "Why skip #8?" in picture(app)
        await press(pilot, app, "escape")
        assert (desk.view.ticket_id, skips(path)) == (8, [])
        await press(pilot, app, "full_stop", "3")
        second = desk.view.ticket_id
        assert skips(path) == [(8, {"reason": "not my language", "taken": second})]
        await press(pilot, app, "full_stop", "o", *"too late", "enter")
        assert skips(path)[1][0] == second
        assert skips(path)[1][1]["reason"] == "too late"
        await press(pilot, app, "comma", "comma")
        assert desk.view.ticket_id == 8
        assert f"passed over by ann, 0s ago: not my language · took #{second} instead" in picture(app)
        await press(pilot, app, "z")
        assert len(skips(path)) == 2  # undo is for what changed something

    play(path, script)


def test_what_was_worked_on_or_overtaken_is_left_without_a_question(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        await press(pilot, app, "full_stop", "plus", "full_stop")
        assert desk.said.startswith("Most urgent")  # it was worked on: given again, not passed over
        await press(pilot, app, "comma", "full_stop")
        other = Store.open(path)
        make_desk(other).act([8], Change(priority=Priority.LOW, severity=None, assignee="leo"))
        other.close()
        await press(pilot, app, "e")
        assert skips(path) == []

    play(path, script)


def test_asking_can_be_turned_off(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.ways = Ways(ask_why=False)
        await press(pilot, app, "full_stop", "full_stop")
        assert skips(path) == [(8, {"reason": "", "taken": app.desk.view.ticket_id})]

    play(path, script)


GRAPHIC = "Blood and bones"


def graphic(path: Path, number: int) -> None:
    store = Store.open(path)
    make_desk(store).act([number], Change(add_tags=("graphic",)))
    store.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE message SET text = ?, new_text = ? WHERE ticket_id = ?", (GRAPHIC, GRAPHIC, number))


def revealed(path: Path) -> list[int]:
    store = Store.open(path)
    try:
        return [one.ticket_id for one in store.events.each() if one.kind == "revealed"]
    finally:
        store.close()


def test_graphic_words_are_folded_until_a_key_shows_them(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graphic(path, 8)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "X")
        assert "Nothing is folded here" in app.desk.said
        await press(pilot, app, "full_stop")
        assert "may be graphic or abusive" in picture(app)
        assert GRAPHIC not in picture(app)
        await press(pilot, app, "c")
        assert GRAPHIC not in picture(app)
        await press(pilot, app, "escape", "y")
        assert GRAPHIC not in picture(app)
        await press(pilot, app, "escape", "X")
        assert GRAPHIC in picture(app)
        await press(pilot, app, "X")
        assert GRAPHIC not in picture(app)
        await press(pilot, app, "X", "J")
        assert GRAPHIC in picture(app)

    play(path, script)
    assert revealed(path) == [8]
    run(["--db", str(path), "show", "8"])
    assert "its graphic text was shown to ann" in capsys.readouterr().out


def test_where_nothing_is_folded_opening_is_seeing(path: Path) -> None:
    graphic(path, 8)
    exposure = replace(Ways().exposure, fold=False)
    writer = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "full_stop")
        assert GRAPHIC in picture(app)
        await app.desk.settled()

    def app_of(store: Store) -> DeskApp:
        return DeskApp(store, writer, clock, agent="ann", ways=Ways(exposure=exposure))

    play_app(path, writer, app_of, script, (120, 36))
    assert revealed(path) == [8]
