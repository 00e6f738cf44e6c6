"""The mouse: a click opens, the wheel scrolls, the digits and the footer are keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tests.tui.playing import fifteen_tickets, picture, play, settled
from tests.tui.real_terminal import Terminal
from tui.app import DeskApp
from tui.replying.reply_card import ReplyCard


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def wheel(widget: object, kind: type[events.MouseScrollDown] | type[events.MouseScrollUp]) -> events.MouseEvent:
    return kind(widget, 1, 1, 0, 0, 0, False, False, False)  # type: ignore[arg-type]


def test_a_click_opens_in_any_lane_and_the_wheel_moves(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        third = desk.panes[2].list
        number = third.window.rows[1].id
        await pilot.click(third, offset=(5, third.lines))
        await settled(pilot, app)
        assert (desk.active, desk.view.ticket_id, desk.reading) == (2, number, True)
        first = desk.list.current_id
        desk.list.post_message(wheel(desk.list, events.MouseScrollDown))
        await settled(pilot, app)
        assert desk.list.current_id != first
        desk.list.post_message(wheel(desk.list, events.MouseScrollUp))
        await settled(pilot, app)
        assert desk.list.current_id == first

    play(path, script)


def test_a_click_on_a_digits_title_shows_its_answer(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        line = picture(app).splitlines()[app.desk.macro_strip.region.y]
        await pilot.click(app.desk.macro_strip, offset=(line.index(" · 5 ") + 4, 0))
        await settled(pilot, app)
        assert isinstance(app.screen, ReplyCard)
        shown = app.screen.card.change.macro
        ticket = app.desk.ticket()
        assert ticket is not None
        macro = app.desk.answering.slots(ticket)[4]
        assert macro is not None
        assert shown == macro.name

    play(path, script)


@pytest.mark.parametrize(("options", "taken"), [((), True), (("--no-mouse", "--ascii"), False)])
def test_the_terminal_keeps_its_mouse_where_asked(path: Path, options: tuple[str, ...], taken: bool) -> None:
    with Terminal("--db", str(path), *options) as terminal:
        terminal.see("Enter opens a ticket [-·] ")
        assert terminal.takes_mouse is taken
