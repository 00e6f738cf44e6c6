"""Macros that ask: the form by keys, what its answers become, and the card that goes past a finding with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from data.records.tickets import Status
from data.store import Store
from macros.checks.check import Checker
from macros.files.library import BUILT_IN, Library
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.tui.playing import clock, fifteen_tickets, picture, play, press, settled, status_of
from tui.app import DeskApp
from tui.cards.ask_form import AskForm
from tui.replying.reply_card import ReplyCard

ORDER = """+++
title = "Refund"
key = "1"
[[asks]]
name = "store"
label = "Where was it bought?"
kind = "choice"
choices = ["web", "phone", "play store"]
[[asks]]
name = "amount"
label = { en = "Amount", es = "Importe" }
kind = "money"
+++
=== en
{{ amount }} bought by {{ store }} come back to you.
=== es
Te devolvemos {{ amount }} de {{ store }}.
"""
DEFAULTS = """+++
title = "Defaults"
key = "2"
[[asks]]
name = "days"
kind = "number"
default = "3"
[[asks]]
name = "extra"
kind = "text"
optional = true
+++
=== en
{{ days }} days.{% if extra %} {{ extra }}{% endif %}
"""
HOLLOW = """+++
title = "Hollow"
key = "3"
+++
=== en
Dear {{ ticket.reference }}, thanks.
"""


LONG = "+++\ntitle = 'Long letter'\n+++\n=== en\n" + "\n".join(f"line {n}" for n in range(60))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "macros" / "own"
    own.mkdir(parents=True)
    for name, text in (("order", ORDER), ("defaults", DEFAULTS), ("hollow", HOLLOW), ("long", LONG)):
        (own / f"{name}.j2").write_text(text, encoding="utf-8")
    library = Library(BUILT_IN, own.parent)
    library.refresh()
    monkeypatch.setattr(Library, "standard", lambda *_given: library)
    return fifteen_tickets(tmp_path / "desk.db")


def checked_desk(store: Store) -> Desk:
    checker = Checker(lambda text: ("und", 0.0))
    return Desk(store, clock=clock, rules=DeskRules(), checker=checker, agent="ann")


def form(app: DeskApp) -> AskForm:
    assert isinstance(app.screen, AskForm)
    return app.screen


def card(app: DeskApp) -> ReplyCard:
    assert isinstance(app.screen, ReplyCard)
    return app.screen


def test_a_question_ticket_takes_four_keys_besides_the_value(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "1", "2", *"12.50EUR", "enter")
        assert card(app).card.change.reply == "Te devolvemos 12.50EUR de phone."
        await press(pilot, app, "enter")
        assert status_of(path, ticket) is Status.SOLVED

    play(path, script)


def test_on_a_small_screen_the_form_keeps_its_keys_and_shows_the_line_being_answered(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "1")
        await settled(pilot, app)
        assert "3 play store" in picture(app)
        assert "all kept" in picture(app)
        await press(pilot, app, "1", *"$1")
        assert "$1" in picture(app)

    play(path, script, (60, 12))


def test_a_letter_takes_a_choice_and_one_that_fits_several_goes_round(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "1", "p")
        assert (form(app).rows[0].value, app.focused) == ("phone", form(app).rows[0].line)
        await press(pilot, app, "p")
        assert form(app).rows[0].value == "play store"
        await press(pilot, app, "w")
        assert (form(app).rows[0].value, app.focused) == ("web", form(app).rows[1].line)
        await press(pilot, app, "up", "right", "enter")
        assert (form(app).rows[0].value, app.focused) == ("phone", form(app).rows[1].line)

    play(path, script)


def test_a_wrong_answer_is_told_under_its_line_until_it_does(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "1", "enter")
        assert "a value is required" in picture(app)
        await press(pilot, app, "1", *"twelve", "enter")
        assert "has to be an amount with its currency" in picture(app)
        await press(pilot, app, *["backspace"] * 6, *"$12")
        assert "has to be" not in picture(app)
        await press(pilot, app, "enter")
        assert card(app).card.change.reply == "Te devolvemos $12 de web."

    play(path, script, (80, 24))


def test_escape_goes_back_step_by_step_and_loses_no_answer(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "1", "3", *"$9", "enter")
        card(app)
        await press(pilot, app, "escape")
        assert [row.value for row in form(app).rows] == ["play store", "$9"]
        await press(pilot, app, "end", "0", "escape")
        assert app.screen is app.desk.screen
        await press(pilot, app, "1")
        assert [row.value for row in form(app).rows] == ["play store", "$90"]
        await press(pilot, app, "enter", "l")
        assert card(app).card.change.reply == "$90 bought by play store come back to you."
        await press(pilot, app, "escape", "escape", "j", "1")
        assert [row.value for row in form(app).rows] == ["", ""]

    play(path, script)


def test_defaults_are_filled_and_what_may_stay_empty_may(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "2")
        assert [row.value for row in form(app).rows] == ["3", ""]
        await press(pilot, app, "enter")
        assert card(app).card.change.reply == "3 days."
        await press(pilot, app, "escape", "up", *"7", "enter", *"Soon", "enter")
        assert card(app).card.change.reply == "7 days. Soon"

    play(path, script)


def test_the_composer_asks_too_and_keeps_the_answers_for_the_other_language(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", "slash", *"order", "enter")
        await press(pilot, app, "1", *"$5", "enter")
        assert app.parts.writing.composer is not None
        assert app.parts.writing.composer.draft.text == "Te devolvemos $5 de web."
        await press(pilot, app, "ctrl+l")
        assert app.parts.writing.composer.draft.text == "$5 bought by web come back to you."
        await press(pilot, app, *" x", "ctrl+r")
        assert app.parts.writing.composer.draft.text == "$5 bought by web come back to you."
        assert app.focused is not None

    play(path, script)


def test_a_long_reply_is_read_by_keys_and_its_keys_stay_in_view(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "m", *"long letter", "enter")
        await settled(pilot, app)
        assert "line 0" in picture(app)
        assert "line 59" not in picture(app)
        await press(pilot, app, *["pagedown"] * 6)
        assert "line 59" in picture(app)
        assert "Enter sends, solves, next" in picture(app)
        await press(pilot, app, *["pageup"] * 6)
        assert "line 1 " in picture(app)
        await press(pilot, app, "j", "j")
        assert "line 1 " not in picture(app)

    play(path, script, (80, 24))


def test_a_blocked_reply_leaves_only_with_a_reason_that_is_kept(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "3", "enter")
        assert card(app).card.blocked
        await press(pilot, app, "exclamation_mark", "space", "enter")
        assert isinstance(app.focused, Input)
        await press(pilot, app, "escape", "enter")
        assert status_of(path, ticket) is Status.NEW
        await press(pilot, app, "exclamation_mark", *"lead-said-so", "enter")
        assert "lead-said-so" in picture(app)
        await press(pilot, app, "enter")
        assert status_of(path, ticket) is Status.SOLVED
        events = app.desk.store.events.of(ticket)
        assert [event.detail.get("override_reason") for event in events][-1] == "lead-said-so"

    play(path, script, (80, 24), checked_desk)
