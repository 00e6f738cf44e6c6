"""`g p` and `tridesk hand`: a ticket is handed over, seen by its addressee, accepted or given back."""

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
from tests.tui.playing import clock, fifteen_tickets, picture, play, press, ticket
from tui.app import DeskApp
from tui.cards.key_menu import KeyMenu
from tui.cli.hand import hand
from tui.cli.promises import handover


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config" / "tridesk"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('agent = "ann"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    bruno = Desk(store, clock=clock, rules=DeskRules(), agent="bruno")
    bruno.act([7, 3], Change(assignee="bruno"))
    bruno.act([4], Change(assignee="ann"))
    bruno.act([7], Change(hand_to="ann", note="which [b]refund?\x1b[31m"))
    store.close()
    return path


def goes_on(app: DeskApp) -> bool:
    return app.parts.shifts.going_on is not None


def run(path: Path, *arguments: str) -> str:
    result = CliRunner().invoke(hand, [*arguments, "--db", str(path)], catch_exceptions=False)
    return result.stdout + result.stderr


def test_the_command_lists_accepts_and_gives_back(path: Path) -> None:
    (row,) = [json.loads(line) for line in run(path, "--json").splitlines()]
    assert (row["ticket"], row["by"]) == (7, "bruno")
    assert "\x1b" not in run(path)
    open_items = CliRunner().invoke(handover, ["--json", "--db", str(path)], catch_exceptions=False).stdout
    (item,) = [row for line in open_items.splitlines() if (row := json.loads(line))["kind"] == "handed over"]
    assert (item["ticket"], item["from"], item["to"]) == (7, "bruno", "ann")
    assert "bruno to ann" in CliRunner().invoke(handover, ["--db", str(path)], catch_exceptions=False).stdout
    assert "hand-over accepted" in run(path, "7", "--accept")
    assert "Nothing is handed over to you" in run(path)
    assert "handed over to bruno" in run(path, "4", "--to", "bruno", "--note", "please")
    assert "taken back" in run(path, "4", "--take-back")
    with pytest.raises(RuleError, match="#4 is not handed over"):
        run(path, "4", "--back")
    assert "Give tickets with one of" in run(path, "4")
    assert "Give tickets with one of" in run(path, "--accept")


def test_the_key_offers_the_answers_and_hands_over_several(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.going.jump_to(7)
        await press(pilot, app, "g", "p")
        assert isinstance(app.screen, KeyMenu)
        assert "bruno handed it over to ann" in picture(app)
        await press(pilot, app, "b", *"Not mine", "enter")
        assert app.desk.store.messages.of(7)[-1].text == "@bruno: given back. Not mine"
        await press(pilot, app, "z")
        assert app.desk.store.handovers.open_on(7) is not None
        await press(pilot, app, "g", "p", "a")
        assert ticket(app, 7).assignee == "ann"
        await press(pilot, app, "g", "p", *"nobody: x", "enter")
        assert "There is no one colleague 'nobody'" in picture(app)
        await press(pilot, app, "g", "p", *"bruno: over to you", "enter")
        standing = app.desk.store.handovers.open_on(7)
        assert standing is not None
        assert (standing.addressee, standing.text) == ("bruno", "@bruno: over to you")
        await press(pilot, app, "H")
        assert "ann to bruno" in picture(app)
        await press(pilot, app, "escape")

    play(path, script, (140, 40))


def test_the_end_of_a_shift_asks_who_gets_what_is_left(path: Path) -> None:
    store = Store.open(path)
    ann = Desk(store, clock=clock, rules=DeskRules(), agent="ann")
    ann.save_draft(4, "Hola Zoë", revision=0)
    ann.begin_shift({})
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "H", "enter", "ctrl+s")
        assert "1 ticket with something left: hand it over to whom?" in picture(app)
        await press(pilot, app, *"bruno", "enter")
        standing = app.desk.store.handovers.open_on(4)
        assert standing is not None
        assert (standing.addressee, standing.text) == ("bruno", "@bruno: draft: Hola Zoë")
        assert not goes_on(app)
        await press(pilot, app, "z")
        assert goes_on(app)
        assert app.desk.store.handovers.open_on(4) is None
        await press(pilot, app, "H", "enter", "ctrl+s", "escape")  # whoever comes next
        assert not goes_on(app)
        assert app.desk.store.handovers.open_on(4) is None

    play(path, script, (140, 40))


def test_only_the_answers_that_are_the_agents_are_offered(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.going.jump_to(7)
        await press(pilot, app, "g", "p")
        assert "Accept" in picture(app)
        assert "Take it back" not in picture(app)
        await press(pilot, app, "o", *"bruno", "enter", "g", "p")
        assert "Accept" not in picture(app)
        assert "Take it back" in picture(app)
        await press(pilot, app, "t")
        assert app.desk.store.handovers.open_on(7) is None

    play(path, script, (140, 40))
