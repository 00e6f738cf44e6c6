"""The screen in ASCII: every sign of ours, none of what people wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.segment import Segment
from textual import events
from textual.color import Color
from textual.pilot import Pilot

from data.store import Store
from tests.tui.playing import NOW, clock, drained, fifteen_tickets, incoming, make_desk, picture, play_app, press
from tui.app import DeskApp
from tui.look.ascii_signs import AsciiSigns, as_written, drawn, use
from tui.setup.settings import load
from tui.setup.writer import Writer

WRITTEN = "Caja │ “x” … → ★ ▌"
STATES: dict[str, tuple[str, ...]] = {
    "lanes": (), "ticket": ("enter",), "reply": ("enter", "5"), "writing": ("r",), "palette": ("colon",),
    "macros": ("enter", "m"), "help": ("question_mark",), "report": ("g", "r"), "views": ("f",), "shift": ("S",),
    "outbox": ("g", "o"), "customer": ("c",), "language": ("d",), "escalate": ("E",), "lane list": ("g", "l"),
    "found": ("slash", "p", "a", "g"),
}  # fmt: skip

CARDS: dict[str, tuple[str, ...]] = {
    "settings": ("g", "s"), "history": ("g", "h"), "correct": ("U",), "harm": ("W",), "forward": ("F",), "new": ("N",),
    "tags": ("L",), "snooze": ("s",), "assign": ("a",), "hidden": ("asterisk",), "bulk": ("V", "4"), "copy": ("y",),
    "separate": ("T",),
}  # fmt: skip
"""The smaller cards, which are drawn in the same way at every size."""


@pytest.fixture(autouse=True)
def off_again() -> object:
    """One screen runs in a process: the next test has another."""
    yield
    use(False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    make_desk(store).receive([incoming(16, WRITTEN, "mail", at=NOW - 90_000)])
    store.close()
    return path


def play_in_ascii(path: Path, script: object, size: tuple[int, int] = (140, 40), *, ascii_signs: bool = True) -> None:
    writer = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())

    def app_of(store: Store) -> DeskApp:
        return DeskApp(store, writer, clock, agent="ann", mode="demo", ascii_signs=ascii_signs)

    play_app(path, writer, app_of, script, size)  # type: ignore[arg-type]


def signs(shown: str) -> set[str]:
    """Return what is neither ASCII nor a letter of a text, without what the customer wrote."""
    for length in range(len(WRITTEN), 4, -1):
        shown = shown.replace(WRITTEN[:length], "")
    return {character for character in shown if not character.isascii() and not character.isalpha()} - set("¿¡")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_frame_sign_or_mark_leaves_ascii_at_any_size(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for name, keys in (STATES | CARDS if size[0] > 100 else STATES).items():
            await press(pilot, app, *keys)
            assert (name, signs(picture(app))) == (name, set())
            await press(pilot, app, *["escape"] * 4)

    play_in_ascii(path, script, size)


def test_what_the_customer_wrote_stays_as_it_is(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "slash", *"#16", "enter", "enter")
        shown = picture(app)
        assert f"Hola, {WRITTEN}" in shown
        assert shown.count(WRITTEN) > 1, "in the list too"
        await press(pilot, app, "r")
        app.post_message(events.Paste("so “ok” …"))
        await drained(pilot)
        assert "so “ok” …" in picture(app)
        assert app.parts.writing.composer is not None
        assert "so “ok” …" in app.parts.writing.composer.draft.text

    play_in_ascii(path, script)


def test_what_is_written_on_a_card_stays_as_it_is_too(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "slash", *"#16", "enter", "F")
        await press(pilot, app, "shift+tab")
        app.post_message(events.Paste("so “ok” …"))
        await drained(pilot)
        assert "so “ok” …" in picture(app)
        await press(pilot, app, *["escape"] * 3, "c")
        assert picture(app).count(WRITTEN) == 1

    play_in_ascii(path, script)


def test_the_palette_switches_it_at_once_and_the_settings_remember(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        before = picture(app)
        await press(pilot, app, "colon", *"ascii", "enter")
        assert load().settings.ascii
        assert signs(picture(app)) == set()
        await press(pilot, app, "colon", *"ascii", "enter")
        assert not load().settings.ascii
        assert picture(app).splitlines()[:20] == before.splitlines()[:20]

    play_in_ascii(path, script, ascii_signs=False)


def test_each_sign_is_one_cell_for_one_and_protected_text_comes_through() -> None:
    use(True)
    every = "".join(map(chr, [*range(0x2190, 0x2200), *range(0x2500, 0x2600)])) + "·…“”✗✓"
    (segment,) = AsciiSigns().apply([Segment(every + as_written(every))], Color.parse("black"))
    assert segment.text[: len(every)].isascii()
    assert segment.text[len(every) :] == every
    use(False)
    assert as_written(every) == every
    assert drawn("╭─│┃┤▌█▴") == "+-||+|#^"
