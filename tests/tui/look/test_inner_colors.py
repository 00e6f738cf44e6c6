"""What a card has drawn is gone with the card."""

from __future__ import annotations

import gc
from pathlib import Path

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.pilot import Pilot
from textual.style import Style

from tests.tui.playing import fifteen_tickets, play, press
from tui.app import DeskApp

OPENED = 5


def drawn_widgets() -> int:
    gc.collect()
    return sum(isinstance(item, StylesCache) for item in gc.get_objects())


def test_nothing_that_a_card_has_drawn_stays(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "question_mark", "escape", "enter", "r", "x", "escape", "u")
        before = drawn_widgets()
        for _ in range(OPENED):
            await press(pilot, app, "question_mark", "escape", "enter", "r", "x", "escape", "u")
        assert drawn_widgets() - before < OPENED

    play(fifteen_tickets(tmp_path / "desk.db"), script, (160, 48))


def test_the_colours_are_those_that_textual_has() -> None:
    base, half = Color.parse("#102030"), Color.parse("#ffffff").with_alpha(0.5)
    assert StylesCache().get_inner_outer(base, half) == (Style(background=base + half), Style(background=base))
