"""A draft that an assistant wrote, on the screen and in plain lines: said before it is opened, and while it is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.store import Store
from tests.tui.playing import fifteen_tickets, make_desk, picture, play, press, settled
from tui.app import DeskApp
from tui.linear.console import Console
from tui.linear.session import Session
from tui.replying.draft_choice import DraftChoice

SAID = "an assistant has drafted a reply"
MARK = "REPLY  drafted by an assistant"


def drafted(path: Path, number: int, text: str = "Words of an assistant.") -> None:
    store = Store.open(path)
    make_desk(store).propose_draft(number, text, by="assistant")
    store.close()


def text_of(path: Path, number: int) -> tuple[str, bool]:
    store = Store.open(path)
    draft = store.drafts.get(number)
    store.close()
    return (draft.text, bool(draft.proposed)) if draft is not None else ("", False)


def test_ticket_and_composer_say_whose_draft_it_is_until_it_is_gone(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    drafted(path, 8)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.going.open_ticket(app.desk.active, 7)
        await press(pilot, app)
        assert SAID not in picture(app)
        app.parts.going.open_ticket(app.desk.active, 8)
        await press(pilot, app)
        assert SAID in " ".join(picture(app).split())
        await press(pilot, app, "r")
        assert MARK in picture(app)
        assert "Words of an assistant." in picture(app)
        await press(pilot, app, "o", "k")
        assert MARK in picture(app), "the agent's words in it do not make it the agent's"
        await press(pilot, app, "escape")

    play(path, script, size=(150, 50))
    assert text_of(path, 8) == ("Words of an assistant.ok", True)


def test_a_note_of_the_agents_own_bears_no_mark(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.going.open_ticket(app.desk.active, 8)
        await press(pilot, app, "r", "h", "i")
        assert MARK not in picture(app)

    play(path, script, size=(150, 50))


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("m", ("mine", False)),
        ("o", ("Words of an assistant.", True)),
        ("b", ("mine\n\nWords of an assistant.", True)),
    ],
)
def test_an_assistant_that_drafts_while_the_agent_types_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, kept: tuple[str, bool]
) -> None:
    monkeypatch.setattr("tui.replying.draft_choice.QUIET_SECONDS", 3_600)
    monkeypatch.setattr("tui.replying.composer.SAVE_EVERY", 3_600)
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.going.open_ticket(app.desk.active, 8)
        await press(pilot, app, "r")
        drafted(path, 8)
        await press(pilot, app, "m", "i", "n", "e", "escape")
        await app.desk.settled()
        await settled(pilot, app)
        assert isinstance(app.screen, DraftChoice)
        app.screen._listen()
        await settled(pilot, app)
        assert "Words of an assistant." in picture(app)
        assert "mine" in picture(app)
        await press(pilot, app, key)
        await app.desk.settled()

    play(path, script, size=(150, 50))
    assert text_of(path, 8) == kept


def test_plain_lines_say_it_too(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    drafted(path, 8)
    store, said = Store.open(path), io.StringIO()
    Session(Console(io.StringIO("1\n"), said), make_desk(store)).run()
    store.close()
    assert SAID in said.getvalue()
