"""A full disk: the text stays, the agent hears of it once, and it is saved without a key when there is room again."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import TextArea

from data.store import Store
from queues.desk.desk import Desk
from tests.database import database
from tests.tui.playing import drained, fifteen_tickets, play, press, settled
from tui.app import DeskApp
from tui.replying.form_drafts import NEW_MAIL
from tui.replying.outgoing_form import OutgoingForm

LONG = "palabra " * 20_000


def limit(desk: Desk, pages: int) -> None:
    """Let the writer's file grow no further than it is, as a full disk does; 0 for any size."""
    db = database(desk.store)
    now = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages or now}")


async def in_writer(app: DeskApp, pages: int) -> None:
    app.desk.writer.submit(lambda desk: limit(desk, pages)).result()


def test_a_draft_is_saved_once_there_is_room(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "r")
        area = app.focused
        assert isinstance(area, TextArea)
        number = app.desk.view.ticket_id
        assert number is not None
        await in_writer(app, 0)
        area.insert(LONG)
        await drained(pilot)
        app.desk.writer.submit(lambda desk: None).result()
        while "Disk full" not in app.desk.last_said:
            await pilot.pause(0.05)
        said = app.desk.last_said
        assert "saved as soon as that works" in said
        app.parts.drafts.try_again()
        await settled(pilot, app)
        assert app.desk.store.drafts.get(number) is None
        await in_writer(app, 1 << 30)
        app.parts.drafts.try_again()
        await settled(pilot, app)
        app.desk.writer.submit(lambda desk: None).result()
        await drained(pilot)
        draft = app.desk.store.drafts.get(number)
        assert draft is not None
        assert draft.text == area.text
        assert app.desk.last_said == f"The draft of #{number} is saved now."

    play(fifteen_tickets(tmp_path / "desk.db"), script)


def test_the_draft_of_a_form_is_saved_once_there_is_room(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "N")
        form = app.screen
        assert isinstance(form, OutgoingForm)
        form.to.value, form.subject.value = "lia@else.example", "Your order"
        await in_writer(app, 0)
        form.text.text = LONG
        while "Disk full" not in app.desk.last_said:
            await pilot.pause(0.05)
        assert "saved as soon as that works" in app.desk.last_said
        await in_writer(app, 1 << 30)
        app.parts.form_drafts.try_again()  # as the timer does
        app.desk.writer.submit(lambda desk: None).result()
        await drained(pilot)
        draft = app.desk.store.form_drafts.newest(NEW_MAIL)
        assert draft is not None
        assert (draft.to, draft.text) == ("lia@else.example", LONG)
        assert app.desk.last_said == "The form is saved now."
        assert len(app.desk.store.form_drafts.all()) == 1

    play(fifteen_tickets(tmp_path / "desk.db"), script)


def test_a_form_that_was_left_unsaved_is_saved_at_the_end(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "N")
        form = app.screen
        assert isinstance(form, OutgoingForm)
        await in_writer(app, 0)
        form.text.text = LONG
        while "Disk full" not in app.desk.last_said:
            await pilot.pause(0.05)
        await app.parts.quit.quit()
        await drained(pilot)
        assert app.is_running
        await in_writer(app, 1 << 30)
        await app.parts.keep_texts_at_the_end()

    play(path, script)
    store = Store.open(path)
    assert [draft.text for draft in store.form_drafts.all()] == [LONG]


def test_leaving_warns_once(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "r")
        area = app.focused
        assert isinstance(area, TextArea)
        await in_writer(app, 0)
        area.insert(LONG)
        while "Disk full" not in app.desk.last_said:
            await pilot.pause(0.05)
        await app.parts.quit.quit()
        await drained(pilot)
        assert "quit again to leave without" in app.desk.last_said
        assert app.is_running

    play(fifteen_tickets(tmp_path / "desk.db"), script)
