"""The card and the command that explain the words of a ticket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.errors import InputError
from data.records.changes import Change
from data.store import Store
from tests.tui.playing import incoming, make_desk, picture, play, press
from tui.app import DeskApp
from tui.cli.main import run


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "tridesk" / "glossary"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = Store.open(tmp_path / "desk.db")
    desk = make_desk(store)
    desk.receive([incoming(1, "smh, me banearon 💀", "mail"), incoming(2, "nothing here", "mail")])
    desk.act([1, 2], Change(lane="mail"))
    store.close()
    return tmp_path / "desk.db"


def test_the_card_lists_the_words_in_view_first(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "i")
        shown = picture(app)
        assert "Words of #1" in shown
        assert "In view" in shown
        assert shown.index("smh · shaking my head") < shown.index("banear · ") < shown.index("💀 · ")
        await press(pilot, app, "escape")
        assert "Words of #1" not in picture(app)

    play(path, script, (100, 30))


def test_a_ticket_without_known_words_says_so(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "i")
        assert app.desk.said == "#2 has no word of the glossary."

    play(path, script)


def test_a_mistake_in_an_own_file_is_reported_and_costs_nothing_else(path: Path, own_folder: Path) -> None:
    own_folder.mkdir(parents=True)
    (own_folder / "mine.toml").write_text("sort = 1\n[words]\n")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "i")
        assert "mine.toml, line 1" in app.desk.last_said

    play(path, script)


def test_the_command_explains_a_word_and_a_ticket(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["glossary", "smhhh", "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert (entry["word"], entry["sort"], entry["unsure"]) == ("smh", "abbreviation", False)
    assert set(entry["meaning"]) == {"en", "es"}
    assert run(["--db", str(path), "glossary", "--ticket", "1"]) == 0
    assert [line.partition(" · ")[0] for line in capsys.readouterr().out.splitlines()] == ["smh", "banear", "💀"]
    assert run(["glossary", "--sort", "house"]) == 0
    assert "in doubt · " in capsys.readouterr().out


def test_a_word_or_ticket_that_is_not_there_is_an_error(path: Path) -> None:
    with pytest.raises(InputError, match="did you mean shadowban"):
        run(["glossary", "shadobann"])
    with pytest.raises(InputError, match="no ticket #9"):
        run(["--db", str(path), "glossary", "--ticket", "9"])
    assert run(["glossary", "smh", "--ticket", "1"]) == 2
