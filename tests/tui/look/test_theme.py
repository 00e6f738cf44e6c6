"""Themes: chosen in the settings or on the screen, and no colour at all where NO_COLOR asks for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.errors import InputError
from tests.tui.playing import fifteen_tickets, play, press, strips
from tui.app import DeskApp, run_desk
from tui.look.theme import THEME_SETTING, THEMES, chosen_theme
from tui.setup.settings import config_folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def styles(app: DeskApp) -> list[tuple[object, object, bool]]:
    """The colours and the reverse of all that is drawn."""
    given = [segment.style for strip in strips(app) for segment in strip if segment.style is not None]
    return [(style.color, style.bgcolor, bool(style.reverse)) for style in given]


def test_the_palette_changes_the_theme_and_the_file_remembers_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert app.theme == THEMES[0].name
        await press(pilot, app, "colon", *"theme", "enter", "l")
        assert app.theme == "light"
        assert chosen_theme("", app.desk.store.settings.get(THEME_SETTING)) == "light"
        await press(pilot, app, "colon", *"theme", "enter", "c")
        assert app.theme == "contrast"

    play(path, script)


def test_the_settings_go_before_what_was_chosen_last() -> None:
    assert chosen_theme("light", "contrast") == "light"
    assert chosen_theme("", "contrast") == "contrast"
    assert chosen_theme("", "no longer there") == chosen_theme("", None) == THEMES[0].name


def test_an_unknown_theme_is_one_sentence_before_anything_is_opened(tmp_path: Path) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text('theme = "solarised"')
    with pytest.raises(InputError, match="there is no theme 'solarised'; choose from dark, light, contrast"):
        run_desk(tmp_path / "desk.db")
    assert not (tmp_path / "desk.db").exists()


@pytest.mark.parametrize(("value", "colours"), [("1", False), ("", True)])
def test_no_color_leaves_no_colour_and_the_cursor_still_shows(
    path: Path, monkeypatch: pytest.MonkeyPatch, value: str, colours: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", value)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for keys in (["j"], ["enter"], ["1"], ["escape", "r", "h"], ["escape", "question_mark"]):
            await press(pilot, app, *keys)
            shown = styles(app)
            assert any(colour or ground for colour, ground, _ in shown) is colours
            assert colours or any(reverse for _, _, reverse in shown)

    play(path, script)
