"""A macro that nothing speaks for: quieter than what fits, marked without colour, not at hand where harm is possible,
and sent only when asked for twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color as RichColour
from textual.color import Color
from textual.pilot import Pilot

from data.records.tickets import Severity, Status
from data.store import Store
from tests.tui.playing import fifteen_tickets, picture, play, press, settled, status_of, strips
from tui.app import DeskApp
from tui.digits.digit_ranking import Slot
from tui.digits.macro_strip import MacroStrip
from tui.look.theme import THEMES
from tui.replying.reply_card import ReplyCard

WEAK = "crash/ask-version"
OUTCOME = "payment/coins-added"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The first mail ticket has no topic; the first safety ticket is grave and has none either."""
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    with store.write():
        for ticket in list(store.tickets.each()):
            severity = Severity.S0 if ticket.lane == "safety" else None
            store.tickets.update(ticket, {"topic": "", "severity": severity})
    store.close()
    return path


def drawn(app: DeskApp, words: str) -> tuple[Color, Color]:
    """Return the colour of some words as they are drawn, and that of their ground."""
    for strip in strips(app):
        for segment in strip:
            if words in segment.text and segment.style is not None:
                colours = segment.style.color, segment.style.bgcolor
                assert isinstance(colours[0], RichColour)
                assert isinstance(colours[1], RichColour)
                return Color.from_rich_color(colours[0]), Color.from_rich_color(colours[1])
    raise AssertionError(f"{words} is not drawn")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_weak_is_drawn_quieter_than_what_is_not_and_can_be_read(path: Path, theme: object) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.theme = str(getattr(theme, "name", ""))
        await press(pilot, app, "enter")
        app.desk.screen.query_one(MacroStrip).show([Slot(1, "Strong"), Slot(2, "Feeble", weak=True)])
        await settled(pilot, app)
        (strong, ground), (feeble, below) = drawn(app, "Strong"), drawn(app, "Feeble")
        assert ground == below
        assert contrast(feeble, ground) < contrast(strong, ground)
        assert contrast(feeble, ground) >= (7 if app.theme == "contrast" else 4.5)
        assert "2 ~ Feeble" in picture(app)
        muted = Color.parse(app.theme_variables["text-muted"])
        assert contrast(muted, ground) < contrast(strong, ground), "nor is anything that Textual itself calls muted"

    play(path, script)


def contrast(one: Color, other: Color) -> float:
    """The ratio of WCAG 2: (L1 + 0.05) / (L2 + 0.05) of relative luminances."""

    def luminance(colour: Color) -> float:
        parts = [part / 255 for part in (colour.r, colour.g, colour.b)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_where_harm_is_possible_the_digits_are_empty_and_the_strip_names_the_keys_that_lead_on(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "3", "enter")
        ticket = app.desk.ticket()
        assert ticket is not None
        assert ticket.lane == "safety"
        assert app.desk.answering.slots(ticket) == [None] * 9
        assert "nothing fits · m find · r write" in picture(app)
        for digit in "123456789":
            await press(pilot, app, digit)
            assert not isinstance(app.screen, ReplyCard)

    play(path, script)


def test_enter_on_a_weak_macro_asks_once(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter")
        ticket = app.desk.ticket()
        assert ticket is not None
        app.parts.replies.preview_macro(ticket, WEAK)
        await settled(pilot, app)
        assert isinstance(app.screen, ReplyCard)
        title = app.desk.answering.macro(WEAK).title.for_language(ticket.language)
        assert f"~ {title}" in picture(app)
        assert "this macro may not fit" in picture(app)
        await press(pilot, app, "enter")
        assert isinstance(app.screen, ReplyCard), "asked, not sent"
        assert "press the same key again to send it" in picture(app)
        assert status_of(path, ticket.id) is not Status.PENDING
        await press(pilot, app, "enter")
        assert status_of(path, ticket.id) is Status.PENDING

    play(path, script)


@pytest.mark.parametrize("key", ["p", "o"])
def test_the_other_keys_that_send_ask_too(path: Path, key: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter")
        ticket = app.desk.ticket()
        assert ticket is not None
        app.parts.replies.preview_macro(ticket, OUTCOME)
        await settled(pilot, app)
        await press(pilot, app, key)
        assert app.desk.store.outbox.waiting() == []
        await press(pilot, app, key)
        assert [one.ticket_id for one in app.desk.store.outbox.waiting()] == [ticket.id]

    play(path, script)


def test_a_weak_macro_for_many_asks_once_too(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "x", "j", "x")
        ticket = app.desk.ticket()
        assert ticket is not None
        app.parts.replies.preview_macro(ticket, OUTCOME)
        await settled(pilot, app)
        await press(pilot, app, "enter")
        assert app.desk.store.outbox.waiting() == []
        await press(pilot, app, "enter")
        assert len(app.desk.store.outbox.waiting()) == 2

    play(path, script)


def test_words_of_a_weak_macro_put_into_a_reply_leave_by_the_card(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "r")
        app.parts.composer_requests._put_in(WEAK)
        await settled(pilot, app)
        await press(pilot, app, "ctrl+s")
        assert isinstance(app.screen, ReplyCard)
        assert app.screen.card.weak
        assert app.desk.store.outbox.waiting() == []

    play(path, script)


def test_the_lists_to_find_a_macro_in_mark_what_is_weak(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.ticket()
        assert ticket is not None
        titles = dict(app.desk.answering.titles(ticket, "en"))
        assert titles[OUTCOME].startswith("~ ")
        assert not titles["general/acknowledge"].startswith("~ "), (
            "a macro for all topics on its own key is meant for it"
        )
        assert OUTCOME not in [macro.name for macro in app.desk.answering.slots(ticket) if macro]

    play(path, script)
