"""A tip names the key of what was clicked or chosen by its name: once a session, unless turned off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from tests.tui.playing import fifteen_tickets, picture, play, press, settled
from tui.app import DeskApp
from tui.setup.screen_settings import ways_of
from tui.setup.settings import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def test_what_was_clicked_or_chosen_names_its_key_once(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        shown: list[str] = []

        def toast(text: str, **_: Any) -> None:
            shown.append(text)

        app.desk.toast = toast  # type: ignore[method-assign]
        footer = app.parts.footer.line
        line = picture(app).splitlines()[footer.region.y]
        await pilot.click(footer, offset=(line.index("Most urgent"), 0))
        await settled(pilot, app)
        footer.post_message(footer.Clicked("ticket.urgent"))
        await settled(pilot, app)
        await press(pilot, app, "escape", "full_stop", "escape")
        assert shown == ["Most urgent: the key is ."]
        await press(pilot, app, "colon", *"zoom", "enter")
        assert shown[1:] == ["Zoom: the key is w"]
        await press(pilot, app, "colon", *"shift bar", "enter")
        assert len(shown) == 2, "an action without a key has no tip"

    play(path, script)


def test_tips_are_turned_off_by_the_settings() -> None:
    assert ways_of(Settings()).tips
    assert not ways_of(msgspec.structs.replace(Settings(), tips=False)).tips
