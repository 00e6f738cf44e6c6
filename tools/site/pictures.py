"""Pictures of every screen and card, in both languages and three sizes, as the tests bring them up."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LANGUAGES = {"en": "English", "es": "Español"}
SIZES = ((60, 20), (80, 24), (140, 40))


def picture_page(folder: Path | None) -> str:
    """Draw every screen into `folder` and return the page that shows them; without a folder, a page that says so."""
    lines = ["# Pictures", "", "Every screen and card, as it is drawn, in English and Spanish, at three sizes.", ""]
    if folder is None:
        return "\n".join([*lines, "This build of the site has none: `make site` draws them."])
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch, own_home(Path(scratch)):
        for title, names in draw_all(folder, Path(scratch)):
            lines += [f"## {title}", ""]
            lines += [f"![{title}, {name}](pictures/{name}.svg)\n" for name in names]
    return "\n".join(lines)


def draw_all(folder: Path, scratch: Path) -> Iterator[tuple[str, list[str]]]:
    """Draw the states of the desk and then the cards; yield the title of each and the names of its pictures."""
    from tests.tui.cards.test_cards_answer_once import CARDS
    from tests.tui.test_snapshots import DESK

    for state in DESK:
        yield (
            state.replace("-", " ").capitalize(),
            [name for code in LANGUAGES for name in draw_state(folder, scratch, state, code)],
        )
    for card in CARDS:
        yield card.__name__, [name for code in LANGUAGES for name in draw_card(folder, scratch, card, code)]


def draw_state(folder: Path, scratch: Path, state: str, code: str) -> list[str]:
    """Bring the desk into a state, by keys, and draw it at each size."""
    from tests.tui.playing import fifteen_tickets, play, press
    from tests.tui.test_snapshots import DESK

    names: list[str] = []
    path = Path(tempfile.mkdtemp(dir=scratch)) / "desk.db"

    async def script(pilot: Any, app: Any) -> None:
        await press(pilot, app, *DESK[state])
        names.extend(await _draw(pilot, folder, f"{code}-{state}"))

    with speaking(code):
        play(fifteen_tickets(path), script, SIZES[-1])
    return names


def draw_card(folder: Path, scratch: Path, card: type[Any], code: str) -> list[str]:
    """Show a card and draw it at each size."""
    from tests.tui.cards.test_cards_answer_once import CARDS, Bench

    async def show() -> list[str]:
        app = Bench()
        app.animation_level = "none"
        async with app.run_test(size=SIZES[-1]) as pilot:
            await app.push_screen(CARDS[card](Path(tempfile.mkdtemp(dir=scratch))))
            await app.workers.wait_for_complete()
            return await _draw(pilot, folder, f"{code}-{card.__name__}")

    with speaking(code):
        return asyncio.run(show())


async def _draw(pilot: Any, folder: Path, name: str) -> list[str]:
    from tests.tui.playing import drained
    from tools.site.build import without_fonts

    names = []
    for width, height in SIZES:
        await pilot.resize_terminal(width, height)
        await drained(pilot)
        names.append(f"{name}-{width}x{height}")
        picture = without_fonts(pilot.app.export_screenshot(title=f"tridesk, {width} x {height}"))
        (folder / f"{names[-1]}.svg").write_text(picture, encoding="utf-8")
    return names


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language meanwhile."""
    from tui.look.words import speak

    speak(code)
    try:
        yield
    finally:
        speak("")


@contextmanager
def own_home(folder: Path) -> Iterator[None]:
    """Keep settings and files of the user out of the pictures."""
    ours = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    before = {name: os.environ.get(name) for name in (*ours, "TZ")}
    os.environ.update(ours, TZ="UTC")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
