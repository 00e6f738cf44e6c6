"""What a key costs, counted: how often the screen is drawn, and how many widgets are matched with the styles again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.tui.playing import fifteen_tickets, picture, play, press, settled
from tui.app import DeskApp
from tui.cards.base_screen import BaseScreen

SIZE = (160, 48)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts drawings of a screen and widgets that were styled."""
    counts: Counter[str] = Counter()
    draw, style = BaseScreen.render_lines, Widget.notify_style_update

    def render_lines(self: BaseScreen[object], crop: Region) -> list[Strip]:
        counts["drawn"] += 1
        return draw(self, crop)

    def notify_style_update(self: Widget) -> None:
        counts["styled"] += 1
        style(self)

    monkeypatch.setattr(BaseScreen, "render_lines", render_lines)
    monkeypatch.setattr(Widget, "notify_style_update", notify_style_update)
    return counts


@pytest.mark.parametrize(
    ("before", "key", "drawn", "styled"),
    [
        pytest.param((), "j", 3, 0, id="move"),
        pytest.param((), "enter", 3, 8, id="open"),
        pytest.param(("enter",), "u", 4, 8, id="close"),
        pytest.param((), "l", 4, 20, id="next lane"),
        pytest.param(("question_mark",), "escape", 3, 4, id="close a card"),
    ],
)
def test_a_key_draws_and_styles_only_what_it_changes(
    tmp_path: Path, counted: Counter[str], before: tuple[str, ...], key: str, drawn: int, styled: int
) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, *before)
        counted.clear()
        await press(pilot, app, key)
        assert counted["drawn"] <= drawn
        assert counted["styled"] <= styled

    play(fifteen_tickets(tmp_path / "desk.db"), script, SIZE)


def test_what_a_desk_under_a_card_passes_on_is_drawn_once(tmp_path: Path, counted: Counter[str]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "question_mark")
        app.desk.say("The first news")
        await settled(pilot, app)
        counted.clear()
        app.screen.refresh(Region(0, 46, SIZE[0], 1))  # as Textual does at every turn, whether there are news or not
        await pilot.pause()  # the screen below draws by its own timer
        assert counted["drawn"] == 0
        app.desk.say("More news")
        await pilot.pause()
        assert "More news" in picture(app)

    play(fifteen_tickets(tmp_path / "desk.db"), script, SIZE)
