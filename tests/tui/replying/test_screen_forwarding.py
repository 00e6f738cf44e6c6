"""Forwarding by keys: the form, the card that shows what leaves, and what is kept when it is left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.messages import Direction
from data.records.outbox import OutboxState
from data.records.tickets import Status
from data.store import Store
from macros.checks.check import Checker
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.mail.read_mail import read_mail
from tests.tui.playing import clock, incoming, picture, play, press, settled, ticket
from tui.app import DeskApp
from tui.replying.outgoing_card import OutgoingCard
from tui.replying.outgoing_form import OutgoingForm
from tui.replying.outgoing_text import file_numbers

RAW = (
    b"From: Zoe <zoe1@customer.example>\r\nTo: us@desk.example\r\nSubject: Mi paquete\r\nMessage-ID: <1@x>\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nNo ha llegado.\r\n"
    b"--b\r\nContent-Type: text/plain; name=label.txt\r\nContent-Disposition: attachment; filename=label.txt\r\n\r\n"
    b"LABEL\r\n--b--\r\n"
)


def make(store: Store) -> Desk:
    return Desk(store, clock=clock, rules=DeskRules(), checker=Checker(lambda text: ("und", 0.0)), agent="ann")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = make(store)
    with store.write():
        digest = store.messages.keep_raw(RAW, "test", clock())
    item = read_mail(RAW, connector="files", source="test")
    desk.receive([replace(item, raw_sha256=digest, lane="mail", received_at=clock() - 60), incoming(2, "Otra", "mail")])
    store.close()
    return path


async def write(pilot: Pilot[int], app: DeskApp, to: str, text: str = "") -> None:
    """Open ticket 1, and fill the form in."""
    await press(pilot, app, "slash", *"#1", "enter", "enter", "F")
    assert isinstance(app.screen, OutgoingForm)
    app.screen.to.value = to
    if text:
        app.screen.text.text = text
    await settled(pilot, app)


def test_text_and_chosen_files_leave_after_the_card_and_can_be_called_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "courier@else.example")
        assert isinstance(app.screen, OutgoingForm)
        assert "From: Zoe" in app.screen.text.text
        assert "zoe1@customer.example" not in app.screen.text.text, "the customer's address is not proposed"
        assert "1 label.txt" in picture(app)
        app.screen.files.value = "1"
        await press(pilot, app, "ctrl+s")
        assert isinstance(app.screen, OutgoingCard)
        shown = picture(app)
        for words in ("To courier@else.example", "Subject: Fwd: Mi paquete", "label.txt (5 B)", "No ha llegado."):
            assert words in shown
        await press(pilot, app, "enter")
        (entry,) = app.desk.store.outbox.waiting()
        assert (entry.recipient, entry.state) == ("courier@else.example", OutboxState.QUEUED)
        assert b"label.txt" in entry.raw
        assert "z recalls it" in app.desk.last_said
        assert app.desk.store.messages.of(1)[-1].direction is Direction.NOTE
        assert "Forwarded to courier@else.example" in picture(app)
        await press(pilot, app, "z")
        assert app.desk.store.outbox.waiting() == []

    play(path, script, make=make)


def test_h_puts_the_ticket_on_hold_until_they_answer(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "courier@else.example", "Where is it?")
        await press(pilot, app, "ctrl+s", "h")
        assert ticket(app, 1).status is Status.ON_HOLD

    play(path, script, make=make)


def test_confidential_data_stop_it_until_a_reason_is_given(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        text = "IBAN ES91 2100 0418 4502 0005 1332, mail zoe1@customer.example"
        await write(pilot, app, "courier@else.example", text)
        await press(pilot, app, "ctrl+s")
        assert "✗" in picture(app)
        assert "zoe1@customer.example leaves to courier@else.example" in picture(app)
        await press(pilot, app, "enter")
        assert isinstance(app.screen, OutgoingCard)
        assert app.desk.store.outbox.waiting() == []
        await press(pilot, app, "exclamation_mark", *"bank", "enter", "enter")
        assert len(app.desk.store.outbox.waiting()) == 1
        assert app.desk.store.events.of(1)[-1].detail["override_reason"] == "bank"

    play(path, script, make=make)


def test_what_was_typed_is_kept_and_a_refusal_says_why(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await write(pilot, app, "", "Where is it?")
        await press(pilot, app, "ctrl+s")
        assert "Write the address" in picture(app)
        await press(pilot, app, "escape")
        await write(pilot, app, "zoe1@customer.example")
        assert isinstance(app.screen, OutgoingForm)
        assert app.screen.text.text == "Where is it?"
        await press(pilot, app, "ctrl+s", "enter")
        assert "is the customer; write a reply instead" in app.desk.last_said
        await write(pilot, app, "courier@else.example")
        await press(pilot, app, "ctrl+s", "e")
        assert isinstance(app.screen, OutgoingForm)
        assert app.screen.text.text == "Where is it?"
        await press(pilot, app, "ctrl+s", "escape")
        assert app.desk.store.outbox.waiting() == []

    play(path, script, make=make)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", ()),
        ("1 3", (1, 3)),
        ("1,2 2", (1, 2)),
        ("all", (1, 2, 3)),
        ("4", None),
        ("0", None),
        ("x", None),
        ("²", None),
    ],
)
def test_files_are_named_by_their_numbers(typed: str, numbers: tuple[int, ...] | None) -> None:
    assert file_numbers(typed, 3) == numbers
