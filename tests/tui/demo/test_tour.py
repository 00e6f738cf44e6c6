"""The tour of the demo: six prompts, each gone once what it says was done; it can be left and comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.store import Store
from tests.tui.playing import clock, fifteen_tickets, make_desk, picture, play, play_app, press, settled, ticket
from tui.app import DeskApp
from tui.setup.screen_settings import Ways
from tui.setup.writer import Writer

ROUND = [
    ("5",),
    ("enter",),
    ("z",),
    ("full_stop",),
    ("m", "escape"),
    ("question_mark",),
]
"""The keys that each prompt asks for; 5 has the answer here."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def tour(
    path: Path, script: Callable[[Pilot[int], DeskApp], Awaitable[None]], size: tuple[int, int] = (80, 24)
) -> None:
    writer = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())

    def app_of(store: Store) -> DeskApp:
        return DeskApp(store, writer, clock, agent="ann", mode="demo", ways=Ways(tour=True))

    play_app(path, writer, app_of, script, size)


async def prompt(pilot: Pilot[int], app: DeskApp) -> str:
    """Return what the tour says, once it has looked."""
    app.parts.tour.look()
    await settled(pilot, app)
    return app.parts.tour.line.prompt


def test_six_prompts_lead_through_the_desk_and_each_key_does_what_it_always_does(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j")
        for n, keys in enumerate(ROUND, 1):
            said = await prompt(pilot, app)
            assert said.startswith(f"tour {n}/6 · "), (n, said)
            assert len(said) <= 78
            if n == 1:
                assert said in picture(app)
            await press(pilot, app, *keys)
        assert await prompt(pilot, app) == ""
        await press(pilot, app, "escape")
        assert "That was the tour; gt begins it again." in app.desk.said
        assert "/6 · " not in picture(app)
        await press(pilot, app, "g", "t")
        assert (await prompt(pilot, app)).startswith("tour 1/6")

    tour(path, script)


def test_the_tour_is_left_and_comes_back_where_it_was(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "5", "escape")
        assert await prompt(pilot, app) == "tour 2/6 · Enter sends it and opens the next ticket · gt leaves it"
        await press(pilot, app, "g", "t")
        assert (await prompt(pilot, app), app.parts.tour.line.display) == ("", False)
        assert "gt brings the tour back" in app.desk.said
        await press(pilot, app, "j", "m", "escape")
        await press(pilot, app, "g", "t")
        assert (await prompt(pilot, app)).startswith("tour 2/6")
        assert ticket(app, 1).touches == 0

    tour(path, script)


def test_a_desk_of_ones_own_has_no_tour(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert app.parts.tour.line.display is False
        await press(pilot, app, "g", "t")
        assert "The tour is in the demo" in app.desk.said
        assert app.parts.tour.line.display is False

    play(path, script)
