"""What was found in a reply, by keys: its words are a digit away; promised times and addresses are changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.promises import PromiseState
from data.records.tickets import Severity, Status
from data.store import Store
from macros.checks.check import Checker
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.promises.find_promises import OFFICE
from tests.tui.playing import NOW, clock, fifteen_tickets, incoming, picture, play, press, settled, status_of, tap
from tui.app import DeskApp
from tui.replying.reply_card import ReplyCard

ZONE = "Europe/Madrid"
"""The desk's clock: NOW is a Monday afternoon there."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def checked(store: Store) -> Desk:
    rules = DeskRules(office=replace(OFFICE, time_zone=ZONE))
    return Desk(store, clock=clock, rules=rules, checker=Checker(lambda text: ("und", 0.0)), agent="ann")


def card(app: DeskApp) -> ReplyCard:
    assert isinstance(app.screen, ReplyCard)
    return app.screen


async def write(pilot: Pilot[int], app: DeskApp, text: str) -> int:
    """Open the composer on the ticket under the cursor and put a text in; return the ticket's number."""
    ticket = app.desk.list.current_id
    assert ticket is not None
    await press(pilot, app, "r")
    assert app.parts.writing.composer is not None
    app.parts.writing.composer.insert(Change(reply=text), whole=True)
    await settled(pilot, app)
    return ticket


def selected(app: DeskApp) -> str:
    assert app.parts.writing.composer is not None
    return app.parts.writing.composer._area.selected_text


def test_a_digit_of_a_finding_without_words_opens_the_composer(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = await write(pilot, app, "Hola")
        ticket_read = app.desk.store.tickets.get(ticket)
        assert ticket_read is not None
        subject = Change(reply="Hola", subject="Order {{ x }}")
        app.parts.replies.preview(ticket_read, subject, "t")
        await press(pilot, app)
        await settled(pilot, app)
        assert [one.rule for one in card(app).card.findings] == ["hole"]
        await press(pilot, app, "1")
        assert app.screen is app.desk.screen
        assert selected(app) == ""

    play(path, script, make=checked)


TWO = "Hola: la clave es abc123 y {{ amount }} llega."


def test_a_digit_on_the_card_selects_the_words_in_the_composer(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, TWO)
        await press(pilot, app, "f2")
        assert [one.rule for one in card(app).card.findings] == ["never-sent", "hole"]
        assert "✗ 2 The value amount is missing." in picture(app)
        await press(pilot, app, "2")
        assert app.screen is app.desk.screen
        assert selected(app) == "{{ amount }}"
        await press(pilot, app, "f2", "1")
        assert selected(app) == "abc123"
        await press(pilot, app, "f2", "7")
        card(app)

    play(path, script, make=checked)


def test_no_reason_lets_a_password_out(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = await write(pilot, app, TWO)
        await press(pilot, app, "ctrl+s", "enter", "exclamation_mark", *"agreed", "enter", "enter")
        assert status_of(path, ticket) is not Status.SOLVED
        assert "a password" in picture(app)

    play(path, script, make=checked)


ACCOUNT = "Hola: la cuenta es ES91 2100 0418 4502 0005 1332 y {{ amount }} llega."


def test_what_is_blocked_stays_on_the_card(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = await write(pilot, app, ACCOUNT)
        await press(pilot, app, "ctrl+s", "enter")
        assert card(app).card.blocked
        assert status_of(path, ticket) is not Status.SOLVED
        await press(pilot, app, "exclamation_mark", *"agreed", "enter", "enter")
        assert status_of(path, ticket) is Status.SOLVED
        detail = app.desk.store.events.of(ticket)[-1].detail
        assert (detail["overridden"], detail["override_reason"]) == (["bank-account", "hole"], "agreed")

    play(path, script, make=checked)


def test_a_written_reply_is_kept_and_leaves_by_its_card_only(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = await write(pilot, app, "Hola: ya funciona.")
        await press(pilot, app, "ctrl+s", "ctrl+s", "ctrl+s")
        assert "Hola: ya funciona." in picture(app)
        assert card(app).card.title == "Your reply"
        assert not app.desk.store.outbox.waiting()
        draft = app.desk.store.drafts.get(ticket)
        assert draft is not None
        assert draft.text == "Hola: ya funciona."
        await press(pilot, app, "enter")
        assert status_of(path, ticket) is Status.SOLVED

    play(path, script, make=checked)


async def hands_rest(pilot: Pilot[int], app: DeskApp) -> None:
    """Let the rest after the last key pass at once, and the writer look at the text."""
    assert app.parts.writing.composer is not None
    app.parts.writing.composer._ask_to_check()
    await settled(pilot, app)
    await app.desk.settled()
    await settled(pilot, app)


def test_findings_show_while_writing_and_ctrl_n_goes_round(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, TWO)
        await hands_rest(pilot, app)
        assert "✗ This has a password in it (line 1)" in picture(app)
        await press(pilot, app, "ctrl+n", "ctrl+n")
        first = selected(app)
        await press(pilot, app, "ctrl+n")
        assert {first, selected(app)} == {"abc123", "{{ amount }}"}
        await press(pilot, app, "home", *"Buenas. ", "ctrl+n")
        assert selected(app) in {"abc123", "{{ amount }}"}
        await press(pilot, app, "ctrl+t")
        assert "amount is missing" not in picture(app)

    play(path, script, make=checked)


def test_a_promise_shows_while_writing(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "Hola: mañana te escribo.")
        await hands_rest(pilot, app)
        assert "Promises an answer by Tue 22 Sep 18:00." in picture(app)

    play(path, script, make=checked)


def test_the_card_tells_the_promise_and_the_agent_changes_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = await write(pilot, app, "Hola: mañana te escribo.")
        await press(pilot, app, "f2")
        assert "Promises an answer by Tue 22 Sep 18:00: “mañana te escribo”" in picture(app)
        await press(pilot, app, "t", *"gibberish", "enter")
        assert "Tue 22 Sep 18:00" in picture(app)
        await press(pilot, app, *["backspace"] * 9, *"friday", "space", "1", "7", "colon", "3", "0", "enter")
        assert "Promises an answer by Fri 25 Sep 17:30" in picture(app)
        await press(pilot, app, "p")
        (promise,) = app.desk.store.promises.of(ticket)
        assert (promise.text, promise.state) == ("mañana te escribo", PromiseState.OPEN)
        assert promise.due_at > NOW + 3 * 86_400

    play(path, script, make=checked)


def test_the_agent_takes_a_promise_out(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = await write(pilot, app, "Hola: mañana te escribo.")
        await press(pilot, app, "f2", "T")
        assert "Promises nothing" in picture(app)
        await press(pilot, app, "p")
        assert app.desk.store.promises.of(ticket) == []

    play(path, script, make=checked)


def test_a_new_address_blocks_in_a_safety_matter_until_another_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = checked(store)
    base = incoming(1, "No puedo entrar", "mail", at=NOW - 90_000)
    desk.receive([replace(base, customer=CustomerHint("@zoe"), from_address="old@home.example")])
    (ticket,) = store.tickets.each()
    stolen = replace(
        base, customer=CustomerHint("@zoe"), from_address="thief@home.example", raw_sha256="x" * 64, message_id="<2@x>",
        references=("<1@customer.example>",), kind=MessageKind.MAIL, received_at=NOW - 60,
    )  # fmt: skip
    assert isinstance(stolen, Incoming)
    desk.receive([stolen])
    desk.act([ticket.id], Change(severity=Severity.S1))
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "Hola: ya está.")
        await press(pilot, app, "f2")
        assert card(app).card.recipient == "thief@home.example"
        assert [(one.rule, one.blocking) for one in card(app).card.findings] == [("recipient", True)]
        await press(pilot, app, "1")
        assert card(app).card.recipient == "old@home.example"
        assert card(app).card.findings == []
        await press(pilot, app, "enter")
        assert [entry.recipient for entry in app.desk.store.outbox.waiting()] == ["old@home.example"]

    play(path, script, make=checked)


def test_no_key_waits_for_the_check(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "Hola")
        gate = Event()
        held = app.desk.writer.submit(lambda desk: gate.wait())
        assert app.parts.writing.composer is not None
        app.parts.writing.composer._ask_to_check()
        await tap(pilot, *" {{x}}")
        assert app.parts.writing.composer.draft.text == "Hola {{x}}"
        gate.set()
        await asyncio.wrap_future(held)

    play(path, script, make=checked)
