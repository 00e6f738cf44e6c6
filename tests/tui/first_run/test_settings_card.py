"""The card of the first minute: what it asks is written to `config.toml` and in effect at once; Esc writes nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from data.store import Store
from tests.tui.playing import make_desk, picture, play, press, settled
from tui import app as application
from tui.app import DeskApp
from tui.first_run.first_screen import AGAIN, DEMO_WANTED
from tui.first_run.importing import Progress
from tui.first_run.settings_card import SettingsCard
from tui.look.words import speak, spoken
from tui.setup.settings import config_folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    make_desk(store)
    store.close()
    return path


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    speak("")


def config() -> Path:
    return config_folder() / "config.toml"


def written(text: str) -> None:
    config().parent.mkdir(parents=True, exist_ok=True)
    config().write_text(text, encoding="utf-8")


def test_the_answers_are_written_and_the_desk_opens_again_with_them(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.welcome()
        await settled(pilot, app)
        assert "Welcome to tridesk" in picture(app)
        await press(pilot, app, "2")  # Spanish, at once
        assert spoken() == "es"
        assert "Language · Idioma" in picture(app)
        app.post_message(events.Paste("Ana [b]Ruiz"))
        await press(pilot, app, "enter")
        app.post_message(events.Paste("Acme"))
        await press(pilot, app, "enter", "2", "2", "3")
        assert app.return_value == AGAIN
        assert app.parts.first_screen.begin == "import"

    play(path, script, (80, 24))
    assert tomllib.loads(config().read_text(encoding="utf-8")) == {
        "interface-language": "es", "agent": "Ana [b]Ruiz", "brand": "Acme", "register": "tu", "preset": "gmail",
    }  # fmt: skip


def test_escape_leaves_everything_as_it_was_and_a_key_brings_the_card_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.welcome()
        await press(pilot, app, "2", "escape")
        assert app.screen is app.desk.screen
        assert spoken() == "en"
        assert "gs brings the card back" in app.desk.said
        assert not config().exists()
        await press(pilot, app, "g", "s")
        assert isinstance(app.screen, SettingsCard)

    play(path, script, (80, 24))


def test_the_demo_is_one_key_away(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.welcome()
        await press(pilot, app, "ctrl+s")
        assert app.return_value == DEMO_WANTED

    play(path, script, (80, 24))


def test_only_what_was_changed_is_written_and_all_other_lines_stay(path: Path) -> None:
    before = '# mine\nagent = "ann"  # me\nbrand = "Acme"\n\n# the lanes\n[[lane]]\nname = "mail"\n'
    written(before)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "s", "down", "down")
        app.post_message(events.Paste("Lumivo"))
        await press(pilot, app, "ctrl+s")
        assert app.return_value == AGAIN

    play(path, script, (80, 24))
    assert config().read_text(encoding="utf-8") == before.replace("Acme", "Lumivo")


def test_keys_that_clash_with_a_preset_are_refused_on_the_card(path: Path) -> None:
    written('[keys]\n"ticket.solve" = "b"\n"ticket.snooze" = "s"\n"desk.zoom" = "ctrl+o"\n')

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "s", "down", "down", "down", "down", "3", "ctrl+s")
        assert isinstance(app.screen, SettingsCard)
        assert "clashes with" in " ".join(picture(app).split())

    before = config().read_text(encoding="utf-8")
    play(path, script, (100, 30))
    assert config().read_text(encoding="utf-8") == before


def test_an_import_is_not_ended_by_settings(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.importing = Progress()
        await press(pilot, app, "g", "s")
        assert app.screen is app.desk.screen
        assert "An import is running" in app.desk.said

    play(path, script, (80, 24))


def test_the_desk_opens_again_until_the_agent_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = iter([(AGAIN, "import"), (AGAIN, "desk"), (0, "")])
    begun = list[str]()

    def once(*given: object, begin: str, **named: object) -> tuple[int, str]:
        begun.append(begin)
        return next(runs)

    monkeypatch.setattr(application, "_run_once", once)
    assert application.run_desk(tmp_path / "desk.db") == 0
    assert begun == ["", "import", "desk"]


def test_the_desk_that_opened_again_goes_on_with_what_was_chosen(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.go_on("import")
        await settled(pilot, app)
        assert "Import which file" in picture(app)
        await press(pilot, app, "escape")
        app.parts.first_screen.go_on("tracker")
        await settled(pilot, app)
        assert "gs changes it again" in app.desk.said or "The demo has no accounts" in app.desk.said

    play(path, script, (80, 24))
