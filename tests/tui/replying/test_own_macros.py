"""One's own macros on the desk: several in one reply, files that go with it, and changes taken while it runs."""

from __future__ import annotations

import os
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.changes import unpacked
from data.records.messages import Direction, Message
from data.records.tickets import Status, Ticket
from data.store import Store
from tests.tui.playing import fifteen_tickets, picture, play, press, settled
from tui.app import DeskApp
from tui.replying.reply_card import ReplyCard
from tui.setup.settings import config_folder

FIRST = """+++
title = "First"
key = "1"
attachments = ["form.pdf"]
[actions]
add_tags = ["one"]
promise = { text = "write soon", due = "1d" }
+++
=== en
{% include "greeting" %}

First things.

{% include "closing" %}
=== es
{% include "greeting" %}

Lo primero.

{% include "closing" %}
"""
SECOND = """+++
title = "Second"
subject = "Both things"
[actions]
add_tags = ["two"]
remove_tags = ["one"]
escalate = { team = "Payments" }
+++
=== en
{% include "greeting" %}

Second things.
And more.

{% include "closing" %}
=== es
{% include "greeting" %}

Lo segundo.
Y más.

{% include "closing" %}
"""


@pytest.fixture
def own() -> Path:
    folder = config_folder() / "macros"
    (folder / "own").mkdir(parents=True)
    (folder / "own" / "form.pdf").write_bytes(b"%PDF")
    (folder / "own" / "first.j2").write_text(FIRST, encoding="utf-8")
    (folder / "own" / "second.j2").write_text(SECOND, encoding="utf-8")
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def after(path: Path, ticket_id: int) -> tuple[Ticket, Message, bytes]:
    store = Store.open(path)
    try:
        ticket = store.tickets.get(ticket_id)
        assert ticket is not None
        message = next(one for one in store.messages.of(ticket_id) if one.direction is not Direction.IN)
        raws = [entry.raw for entry in store.outbox.waiting() if entry.message_id == message.message_id]
        return ticket, message, raws[0] if raws else b""
    finally:
        store.close()


def test_two_macros_in_one_reply_say_hello_once_and_do_what_both_do(path: Path, own: Path) -> None:
    sent: list[int] = []

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter", "r", *"/own/fir", "tab")
        assert app.parts.writing.composer is not None
        await press(pilot, app, "enter", *"/own/sec", "tab")
        text = app.parts.writing.composer.draft.text
        assert (text.count("Hola"), text.count("Un saludo")) == (1, 1)
        assert "Lo primero." in text
        assert "Lo primero.\n\nLo segundo.\nY más.\n\nUn saludo" in text
        sent.append(app.parts.writing.composer.draft.ticket_id)
        await press(pilot, app, "f2")
        assert isinstance(app.screen, ReplyCard)
        shown = picture(app)
        for told in ("form.pdf", "Both things", "+two", "escalates to Payments", "“write soon”"):
            assert told in shown, told
        await press(pilot, app, "enter")

    play(path, script)
    ticket, message, raw = after(path, sent[0])
    assert (ticket.status, "two" in ticket.tags, "one" in ticket.tags) == (Status.ON_HOLD, True, False)
    assert (message.macro, message.subject) == ("own/first + own/second", "Both things")
    mail = message_from_bytes(raw, policy=default)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["form.pdf"]


def test_what_macros_do_stays_with_the_draft_and_goes_with_the_last_of_its_words(path: Path, own: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter", "r", *"/own/fir", "tab", "escape")
        await app.desk.settled()
        ticket_id = app.desk.view.ticket_id
        assert ticket_id is not None
        kept = app.desk.store.drafts.get(ticket_id)
        assert kept is not None
        assert (kept.macro, unpacked(kept.actions).add_tags) == ("own/first", ("one",))
        await press(pilot, app, "r", "ctrl+l")
        assert app.parts.writing.composer is not None
        assert "First things." in app.parts.writing.composer.draft.text
        assert unpacked(app.parts.writing.composer.draft.actions).add_tags == ("one",)
        app.parts.writing.composer._area.clear()
        await settled(pilot, app)
        assert (app.parts.writing.composer.draft.macro, app.parts.writing.composer.draft.actions) == ("", "")

    play(path, script)


def test_the_other_language_of_both_is_one_key_on_the_card(path: Path, own: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter", "r", *"/own/fir", "tab", "enter", *"/own/sec", "tab", "f2", "l")
        assert isinstance(app.screen, ReplyCard)
        reply = app.screen.card.change.reply or ""
        assert reply.index("First things.") < reply.index("Second things.") < reply.index("Kind regards")
        assert (reply.count("Hi "), reply.count("Kind regards")) == (1, 1)

    play(path, script)


def test_a_macro_changed_on_disk_is_taken_and_a_broken_one_is_told_once(path: Path, own: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter")
        first = own / "own" / "first.j2"

        async def change(text: str, stamp: int) -> str:
            first.write_text(text, encoding="utf-8")
            os.utime(first, ns=(stamp, stamp))
            app.clear_notifications()
            app.parts.macro_keys.look_for_changes()
            await settled(pilot, app)
            return " ".join(one.message for one in app._notifications)

        assert await change(FIRST.replace("Lo primero.", "Lo nuevo."), 1) == ""
        await press(pilot, app, "1")
        assert "Lo nuevo." in picture(app)
        await press(pilot, app, "escape")

        broken = FIRST.replace("First things.", "{{ 9 ** 9 }}")
        assert "first.j2, line 12: ** may not be used" in await change(broken, 2)
        await press(pilot, app, "1")
        assert "Lo nuevo." in picture(app)
        await press(pilot, app, "escape")
        assert await change(broken, 3) == ""

    play(path, script)


def test_a_file_refused_at_the_start_is_told(path: Path, own: Path) -> None:
    (own / "own" / "broken.j2").write_text("{% if %}", encoding="utf-8")
    (own / "own" / "worse.j2").write_text("", encoding="utf-8")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        (told,) = [one.message for one in app._notifications]
        assert "broken.j2, line 1:" in told
        assert "And 1 more" in told

    play(path, script)


def test_notes_never_carry_what_a_macro_does(path: Path, own: Path) -> None:
    noted: list[int] = []

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter", "r", *"/own/fir", "tab", "ctrl+t", "ctrl+s")
        assert app.desk.view.ticket_id is not None
        noted.append(app.desk.view.ticket_id)

    play(path, script)
    ticket, message, raw = after(path, noted[0])
    assert (message.direction, "one" in ticket.tags, raw) == (Direction.NOTE, False, b"")


async def name_it(pilot: Pilot[int], app: DeskApp, title: str) -> None:
    await press(pilot, app, "home", "shift+end", "delete", *title, "enter")


def test_what_is_written_becomes_a_macro_by_one_key_and_a_title(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter", "r", *"Hola, todo va bien.", "f4")
        await name_it(pilot, app, "All well")
        kept = list((config_folder() / "macros").rglob("*.j2"))
        assert [file.name for file in kept] == ["all-well.j2"]
        source = kept[0].read_text(encoding="utf-8")
        assert "Hola, todo va bien." in source
        assert {"=== en", "=== es"} <= set(source.splitlines())
        assert "all-well" in app.desk.said
        ticket = app.desk.ticket()
        assert ticket is not None
        assert "all-well" in " ".join(name for name, _ in app.desk.answering.titles(ticket, "es"))

    play(path, script)


def test_the_reply_sent_last_becomes_a_macro_with_the_snippets_it_came_from(path: Path, own: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter", "1", "o", "M")
        await name_it(pilot, app, "Again")
        (kept,) = own.rglob("again.j2")
        source = kept.read_text(encoding="utf-8")
        assert source.count('{% include "greeting" %}') == 2
        assert "Lo primero." in source

    play(path, script)
