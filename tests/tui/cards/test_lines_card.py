"""Lines to look through: whatever the screen's size, the keys below them are there to be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.playing import fifteen_tickets, picture, play, settled
from tui.app import DeskApp
from tui.cards.lines_card import LinesCard

NOTE = "Enter shows the tickets behind a figure · e ends the shift · Esc back"


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
def test_the_keys_below_a_long_list_are_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    lines = [(f"{n}", f"line {n}\n  what it is") for n in range(30)]

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await app.push_screen(LinesCard("Your shift", lines, NOTE))
        await settled(pilot, app)
        shown = picture(app)
        assert all(key in shown for key in NOTE.split(" · "))

    play(fifteen_tickets(tmp_path / "desk.db"), script, size)
