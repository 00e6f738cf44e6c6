"""`tridesk mentions` and the key `g n`: notes with the agent's name, until they are seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from textual.pilot import Pilot

from data.errors import RuleError
from data.records.changes import Change
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.tui.playing import clock, fifteen_tickets, picture, play, press
from tui.app import DeskApp
from tui.cli.mentions import mentions


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config" / "tridesk"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('agent = "ann"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    bruno = Desk(store, clock=clock, rules=DeskRules(), agent="bruno")
    bruno.act([7], Change(note="@ann which [b]refund?\n\x1b[31m"))
    bruno.act([3], Change(note="@eva not you"))
    store.close()
    return path


def run(path: Path, *arguments: str) -> str:
    result = CliRunner().invoke(mentions, [*arguments, "--db", str(path)], catch_exceptions=False)
    return result.stdout + result.stderr


def test_they_are_listed_and_marked_as_seen(path: Path) -> None:
    (row,) = [json.loads(line) for line in run(path, "--json").splitlines()]
    assert (row["ticket"], row["by"], row["state"]) == (7, "bruno", "open")
    assert "#7" in run(path)
    assert "\x1b" not in run(path)
    assert "No note mentions you" in run(path, "--seen", "7")
    assert "seen" in run(path, "--all")
    with pytest.raises(RuleError):
        run(path, "--seen", "999")


@pytest.mark.masked
@pytest.mark.parametrize("before", range(184, 200, 4))
def test_the_beginning_of_a_note_holds_no_part_of_a_number(path: Path, before: int) -> None:
    store = Store.open(path)
    note = f"@ann {'look ' * 50}"[:before] + " call +34 612 345 678 today. " + "Once more: " * 50
    Desk(store, clock=clock, rules=DeskRules(), agent="bruno").act([5], Change(note=note))
    store.close()
    for shown in (run(path), run(path, "--json")):
        assert "@ann look" in shown
        assert "612" not in shown
        assert "+34" not in shown


def test_g_n_lists_them_and_opens_the_ticket(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "n")
        assert "#7  bruno, " in picture(app)
        assert "@ann which [b]refund?" in picture(app)
        await press(pilot, app, "enter")
        assert app.desk.target() == 7
        await press(pilot, app, "g", "n")
        assert "No note mentions you" in picture(app)

    play(path, script)
