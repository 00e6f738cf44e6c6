"""People in Cc on the reply card, by keys: shown, dropped, taken in, named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.participants import Standing
from data.store import Store
from tests.tui.playing import NOW, incoming, make_desk, picture, play, press, settled
from tui.app import DeskApp
from tui.replying.reply_card import ReplyCard

ZOE, BOB, EVE = "zoe1@customer.example", "bob@customer.example", "eve@else.example"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ticket whose customer named Bob; Eve appeared later."""
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = make_desk(store)
    first = replace(incoming(1, "No puedo entrar", "mail"), cc=(BOB,))
    later = replace(first, raw_sha256="2" * 64, message_id="<2@x>", references=(first.message_id,), cc=(EVE, BOB))
    desk.receive([first, replace(later, received_at=NOW - 60)])
    store.close()
    return path


async def card(pilot: Pilot[int], app: DeskApp) -> ReplyCard:
    """Write a reply and look at its card."""
    await press(pilot, app, "r")
    assert app.parts.writing.composer is not None
    app.parts.writing.composer.insert(Change(reply="Hola, ya está."), whole=True)
    await settled(pilot, app)
    await press(pilot, app, "f2")
    assert isinstance(app.screen, ReplyCard)
    return app.screen


def sent(app: DeskApp) -> tuple[str, tuple[str, ...]]:
    (entry,) = app.desk.store.outbox.waiting()
    return entry.recipient, entry.cc


def test_who_is_kept_is_shown_and_gets_a_copy_and_who_is_new_is_left_out(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await card(pilot, app)
        shown = picture(app)
        assert f"Cc {BOB} · c drops all" in shown
        assert f"new in Cc: {EVE} · left out, n takes them in" in shown
        await press(pilot, app, "p")
        assert sent(app) == (ZOE, (BOB,))

    play(path, script)


def test_one_key_drops_all_and_puts_them_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await card(pilot, app)
        await press(pilot, app, "c")
        assert f"No copy to {BOB} · c puts them back" in picture(app)
        await press(pilot, app, "c")
        assert f"Cc {BOB} · c drops all" in picture(app)
        await press(pilot, app, "c", "p")
        assert sent(app) == (ZOE, ())

    play(path, script)


def test_a_key_takes_new_people_in_for_this_reply_and_later_ones(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await card(pilot, app)
        await press(pilot, app, "n")
        assert f"Cc {BOB}, {EVE} · c drops all" in picture(app)
        assert "new in Cc" not in picture(app)
        await press(pilot, app, "n")
        await press(pilot, app, "p")
        assert sent(app) == (ZOE, (BOB, EVE))
        assert app.desk.store.participants.decided(1) == {EVE: Standing.TAKEN_IN}
        await press(pilot, app, "z")
        assert app.desk.store.participants.decided(1) == {}
        assert app.desk.store.outbox.waiting() == []

    play(path, script)


def test_what_was_chosen_stays_while_the_words_are_edited(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await card(pilot, app)
        await press(pilot, app, "c", "n", "e", "f2")
        assert f"Cc {EVE} · c drops all" in picture(app)
        await press(pilot, app, "p")
        assert sent(app) == (ZOE, (EVE,))

    play(path, script)


def test_people_are_named_on_a_line(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        shown = await card(pilot, app)
        await press(pilot, app, "C")
        await press(pilot, app, *", support@tridesk.invalid", "enter")
        assert shown.card.change.cc is None, "an address of ours is refused and the line stays open"
        await press(pilot, app, "ctrl+u", *"Carl <carl@x.example>, zoe1@customer.example", "enter")
        assert shown.card.cc == ("carl@x.example",)
        await press(pilot, app, "p")
        assert sent(app) == (ZOE, ("carl@x.example",))
        assert app.desk.store.participants.decided(1) == {"carl@x.example": Standing.TAKEN_IN}

    play(path, script)


def test_a_ticket_with_no_one_in_cc_says_so(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    store = Store.open(other)
    make_desk(store).receive([incoming(1, "No puedo entrar", "mail")])
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await card(pilot, app)
        assert "Cc" not in picture(app).replace("C edits", "")
        await press(pilot, app, "c", "n", "p")
        assert sent(app) == (ZOE, ())

    play(other, script)


def test_the_composer_shows_who_gets_a_copy_and_only_they_do(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"hola")
        await settled(pilot, app)
        assert f"Cc {BOB}" in picture(app)
        assert EVE not in picture(app).partition("REPLY")[2].partition("\n")[0]
        await press(pilot, app, "ctrl+t")
        assert f"Cc {BOB}" not in picture(app), "a note has no copies"
        await press(pilot, app, "ctrl+t", "ctrl+s", "enter")
        await settled(pilot, app)
        assert sent(app) == (ZOE, (BOB,))

    play(path, script)
