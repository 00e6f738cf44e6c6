"""`g a` and `tridesk wall` show who works on what, and what breaches next."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.tickets import LaneRow, Priority, Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.figures.wall import Breach, Wall
from tests.tui.playing import clock, fifteen_tickets, picture, play, press
from tui.app import DeskApp
from tui.cards.lines_card import LinesCard
from tui.cli.wall import wall
from tui.look.words import speak
from tui.shifts.wall_lines import wall_lines


def shared(tmp_path: Path) -> Path:
    path = fifteen_tickets(tmp_path / "desk.db")
    with closing(Store.open(path)) as store:
        desk = Desk(store, clock=clock, rules=DeskRules(), agent="bruno")
        desk.act([1, 2], Change(assignee="[b]bruno\x1b[31m"))
    return path


def test_g_a_shows_the_wall_reads_it_again_and_opens_a_ticket(tmp_path: Path) -> None:
    path = shared(tmp_path)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "a")
        assert isinstance(app.screen, LinesCard)
        shown = picture(app)
        assert "Who works on what" in shown
        assert "[b]bruno" in shown
        assert "open 2" in shown
        assert "unassigned" in shown
        assert "What breaches next" in shown
        await press(pilot, app, "R")
        assert isinstance(app.screen, LinesCard)
        await press(pilot, app, "escape")
        assert not isinstance(app.screen, LinesCard)

    play(path, script)


def test_the_command_writes_agents_lanes_and_breaches(tmp_path: Path) -> None:
    path = shared(tmp_path)
    said = CliRunner().invoke(wall, ["--db", str(path)], catch_exceptions=False).stdout
    assert "\x1b" not in said
    assert "Who works on what" in said
    lines = CliRunner().invoke(wall, ["--json", "--db", str(path)], catch_exceptions=False).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["open"] for row in rows if "agent" in row] == [2]
    assert {row["lane"] for row in rows if "unassigned" in row} == {"mail", "app", "safety"}


@pytest.mark.parametrize(("language", "time"), [("en", " in 2h05 "), ("es", " en 2h05 ")])
def test_the_time_of_the_next_breach_is_shown_whole(language: str, time: str) -> None:
    row = LaneRow(7, "Hi", "Ann", Status.OPEN, Priority.NORMAL, None, "en", 7_500, 0, 0, "", False, 7_500)
    speak(language)
    try:
        *_, (ticket, line) = wall_lines(Wall([], [], [Breach("mail", row)]), 0)
    finally:
        speak("")
    assert ticket == "7"
    assert time in line
