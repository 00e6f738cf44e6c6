"""The README's picture is the demo, as it is now: a picture that is out of date fails, `UPDATE_GOLDENS=1` draws it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.store import Store
from queues.connectors.demo import DemoConnector
from tests.tui.playing import NOW, clock, picture, play_app, press, settled
from tui.app import DeskApp, make_writer, own_procedures
from tui.cli.demo import AGENT
from tui.look.words import words
from tui.setup.open_desk import open_desk
from tui.setup.screen_settings import ways_of
from tui.setup.settings import Settings

PICTURE = Path(__file__).parents[3] / "docs" / "desk.svg"
README = Path(__file__).parents[3] / "README.md"
SIZE = (132, 38)


def test_the_readme_shows_the_demo_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared by texts and colours, since the ids vary with the version of the library that draws."""
    monkeypatch.setenv("TZ", "UTC")
    path = tmp_path / "desk.db"
    desk = open_desk(path, clock=clock)
    desk.receive(DemoConnector(tmp_path, clock=clock, seed=1, start=NOW).fetch()[0], bulk=True)
    desk.store.close()
    writer = make_writer(path, clock, AGENT, demo=True)

    def demo(store: Store) -> DeskApp:
        mode = words("demo: nothing leaves this machine")
        ways = ways_of(Settings(), demo=True)
        return DeskApp(store, writer, clock, agent=AGENT, mode=mode, procedures=own_procedures, ways=ways)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "k")
        app.parts.tour.look()
        while "shift" not in picture(app):  # the demo begins one by itself
            app.parts.shift_figures.look_at_shift()
            await settled(pilot, app)
        await press(pilot, app, "enter")
        shown = app.export_screenshot(title="tridesk demo")
        if os.environ.get("UPDATE_GOLDENS"):
            PICTURE.write_text(shown, encoding="utf-8")
        assert drawn(PICTURE.read_text(encoding="utf-8")) == drawn(shown)

    play_app(path, writer, demo, script, SIZE)
    assert f"](docs/{PICTURE.name})" in README.read_text(encoding="utf-8")


def drawn(svg: str) -> tuple[list[str], list[str]]:
    """Return the texts of a picture, and its colours in their order."""
    return re.findall(r">([^<>]+)</text>", svg), re.findall(r"fill: (#[0-9a-f]{6})", svg)
