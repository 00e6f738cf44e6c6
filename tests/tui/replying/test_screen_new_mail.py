"""Opening a ticket by writing to someone, by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.messages import FormDraft
from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import fifteen_tickets, picture, play, press, settled, ticket
from tests.tui.replying.test_screen_forwarding import make
from tui.app import DeskApp
from tui.replying.composer import SAVE_EVERY
from tui.replying.form_drafts import NEW_MAIL
from tui.replying.outgoing_card import OutgoingCard
from tui.replying.outgoing_form import OutgoingForm


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


async def write(pilot: Pilot[int], app: DeskApp, to: str, subject: str, text: str) -> None:
    await press(pilot, app, "N")
    assert isinstance(app.screen, OutgoingForm)
    await press(pilot, app, *to.replace("@", "§"))
    app.screen.to.value = to
    app.screen.subject.value, app.screen.text.text = subject, text
    await settled(pilot, app)
    await press(pilot, app, "ctrl+s")


def test_a_mail_opens_a_ticket_and_can_be_called_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "lia@else.example", "Your order", "It will arrive on the day after.")
        assert isinstance(app.screen, OutgoingCard)
        shown = picture(app)
        for words in ("To lia@else.example", "Subject: Your order", "It will arrive", "Enter sends · e edits"):
            assert words in shown
        await press(pilot, app, "h")
        assert isinstance(app.screen, OutgoingCard), "a ticket of ours waits for nobody else"
        await press(pilot, app, "enter")
        assert (ticket(app, 16).status, ticket(app, 16).subject) == (Status.PENDING, "Your order")
        assert "#16: written to lia@else.example · z recalls it" in app.desk.last_said
        await press(pilot, app, "z")
        assert app.desk.store.outbox.waiting() == []
        assert ticket(app, 16).status is Status.CLOSED

    play(path, script, make=make)


def test_what_blocks_needs_a_reason_and_what_was_typed_is_kept(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "lia@else.example", "Your card", "Account ES91 2100 0418 4502 0005 1332")
        await press(pilot, app, "enter", "escape")
        assert app.desk.store.tickets.newest() == 15
        await press(pilot, app, "N")
        assert isinstance(app.screen, OutgoingForm)
        assert app.screen.text.text == "Account ES91 2100 0418 4502 0005 1332"
        await press(pilot, app, "ctrl+s", "exclamation_mark", *"bank", "enter", "enter")
        assert app.desk.store.tickets.newest() == 16
        await press(pilot, app, "N")
        assert isinstance(app.screen, OutgoingForm)
        assert app.screen.text.text == "", "what was sent is not proposed again"

    play(path, script, make=make)


def test_a_refusal_says_why_and_keeps_the_text(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "nobody", "Hello", "Hello there")
        assert "not a mail address" in app.desk.last_said
        await press(pilot, app, "N")
        assert isinstance(app.screen, OutgoingForm)
        app.screen.to.value, app.screen.subject.value = "lia@else.example", ""
        await press(pilot, app, "ctrl+s")
        assert "needs a subject" in app.desk.last_said
        assert app.desk.store.tickets.newest() == 15

    play(path, script, make=make)


def test_an_empty_desk_says_how_to_get_an_account(tmp_path: Path) -> None:
    Store.open(tmp_path / "empty.db").close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        if app.screen is not app.desk.screen:
            await press(pilot, app, "escape")
        await write(pilot, app, "lia@else.example", "Hello", "Hello there")
        assert "no mail account to write from" in app.desk.last_said

    play(tmp_path / "empty.db", script, make=make)


def test_what_is_typed_is_in_the_file_at_once_and_comes_back_after_an_undo(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "N")
        assert isinstance(app.screen, OutgoingForm)
        app.screen.to.value, app.screen.text.text = "lia@else.example", "It will arrive."
        await pilot.pause(SAVE_EVERY * 2)
        await settled(pilot, app)
        kept = app.desk.store.form_drafts.newest(NEW_MAIL)
        assert kept is not None
        assert (kept.to, kept.text) == ("lia@else.example", "It will arrive.")
        app.screen.subject.value = "Your order"
        await press(pilot, app, "ctrl+s", "enter")
        assert app.desk.store.form_drafts.all() == [], "a mail that is sent is no draft"
        await press(pilot, app, "z", "N")
        assert isinstance(app.screen, OutgoingForm)
        assert (app.screen.subject.value, app.screen.text.text) == ("Your order", "It will arrive.")

    play(path, script, make=make)


def test_two_windows_keep_a_draft_each(path: Path) -> None:
    store = Store.open(path)
    desk = make(store)
    first = desk.save_form_draft(FormDraft(NEW_MAIL, text="One"))
    other = desk.save_form_draft(replace(first, text="Two"))
    late = desk.save_form_draft(replace(first, text="One, and more"))
    assert {draft.text for draft in store.form_drafts.all()} == {"Two", "One, and more"}
    assert desk.save_form_draft(replace(late, text=" ")).id == 0
    assert store.form_drafts.newest(NEW_MAIL) == other
    store.close()
