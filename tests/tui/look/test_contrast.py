"""Colours as they are really drawn: every text can be read, and what is quiet is never stronger than what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style
from textual.pilot import Pilot

from tests.tui.playing import fifteen_tickets, play, press, strips
from tui.app import DeskApp
from tui.look.theme import CONTRAST, THEMES

SIZES = [(80, 24), (140, 40)]
STATES = [("j",), ("enter",), ("escape", "1"), ("escape", "r", "h"), ("escape", "question_mark"), ("escape", "g", "r")]
FRAME = frozenset("─│╭╮╰╯┌┐└┘├┤┬┴┼▁▂▃▄▅▆▇█▔▕▏▎▍▌▋▊▉╸╺━┃┏┓┗┛⎸·")
"""Lines and bars, which carry no text."""


def luminance(colour: Color) -> float:
    """As WCAG 2.2 defines relative luminance."""
    parts = [part / 255 for part in colour.get_truecolor()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    light, dark = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def drawn(app: DeskApp) -> list[tuple[str, Style]]:
    """Every text on the screen that has colours, with its style."""
    segments = (segment for strip in strips(app) for segment in strip)
    return [
        (segment.text, segment.style)
        for segment in segments
        if segment.style is not None
        and segment.style.color is not None
        and segment.style.bgcolor is not None
        and not set(segment.text.replace(" ", "")) <= FRAME
    ]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_that_is_drawn_can_be_read(tmp_path: Path, theme: object) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1; the theme for more contrast keeps 1.4.6: 7 to 1."""
    name = getattr(theme, "name", "")
    least = 7 if theme is CONTRAST else 4.5

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.theme = name
        for size in SIZES:
            await pilot.resize_terminal(*size)
            for keys in STATES:
                await press(pilot, app, *keys)
                for text, style in drawn(app):
                    assert contrast(style) >= least, (keys, text, style)
            await press(pilot, app, "escape", "escape")

    play(fifteen_tickets(tmp_path / "desk.db"), script, SIZES[0])


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_quiet_is_never_stronger_than_plain_text(tmp_path: Path, theme: object) -> None:
    name = getattr(theme, "name", "")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.theme = name
        await press(pilot, app, "j", "enter")
        variables = app.get_css_variables()
        plain, quiet = (Color.parse(variables[ink].lower()[:7]) for ink in ("foreground", "quiet"))
        styles = {style for _, style in drawn(app)}
        assert {style.color for style in styles} >= {plain, quiet}
        strong = min(contrast(style) for style in styles if style.color == plain)
        weak = max(contrast(style) for style in styles if style.color == quiet)
        assert weak < strong

    play(fifteen_tickets(tmp_path / "desk.db"), script, (140, 40))
