"""A ticket with long mails: a key waits for what is on the screen, the rest is laid out between the keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.confidential import mask
from data.confidential.items import Item
from data.records.changes import Change
from data.store import Store
from tests.tui.playing import incoming, make_desk, picture, play, press
from tui.app import DeskApp
from tui.ticket.ticket_text import MOST, MOST_IN_ALL_AT_ONCE

pytestmark = pytest.mark.masked

LINE = "2026-11-29T10:15:02Z worker-3 id=0f3a9c path=/v1/items/4711 took=35ms ip=10.0.3.7\n"
MAILS = 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """One customer's ticket with long mails, each ending with a card number and words of its own."""
    store = Store.open(tmp_path / "desk.db")
    desk = make_desk(store)
    for n in range(MAILS):
        text = f"Mail {n}\n{LINE * 200}card 4539 9458 0730 2151, the end of {n}"
        mail = replace(incoming(n, "Re: A log", "mail"), text=text, new_text=text, from_address="a@customer.example")
        desk.receive([replace(mail, references=("<0@customer.example>",) if n else ())])
    desk.act([ticket.id for ticket in store.tickets.each()], Change(lane="mail"))
    assert len(store.messages.of(1)) == MAILS
    store.close()
    return tmp_path / "desk.db"


def test_opening_reads_what_is_shown_and_then_the_rest_in_small_steps(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    every = mask._all

    def counted(text: str) -> Iterator[Item]:
        read.append(len(text))
        return every(text)

    monkeypatch.setattr(mask, "_all", counted)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        view = app.desk.view
        assert sum(read) < 1.5 * MOST_IN_ALL_AT_ONCE  # the ticket under the cursor
        assert "… more text" in "".join(line.text for line in view._lines)
        read.clear()
        await press(pilot, app, "enter")
        assert sum(read) < 2 * MAILS * len(LINE) * 200
        assert max(read) < MOST_IN_ALL_AT_ONCE
        lines = [line.text for line in view._lines]
        assert not any("… more text" in line for line in lines)
        assert sum("the end of" in line for line in lines) == MAILS
        assert not any("9458" in line for line in lines)
        assert "Mail 3" in picture(app)
        await press(pilot, app, "G")
        assert "the end of 3" in picture(app)
        read.clear()
        await press(pilot, app, "escape", "enter", "G")
        assert "the end of 3" in picture(app)

    play(path, script)


def test_a_line_stays_where_it_is_when_what_is_above_it_grows(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        view = app.desk.view
        await press(pilot, app, "enter")
        view._texts.clear()
        view._lay_out()  # as a key finds it before the rest is there
        assert sum("the end of" in line.text for line in view._lines) == 0
        view.top = view._heads()[-1] + 20
        line = view._lines[view.top + 5]
        await press(pilot, app, "f12")
        assert sum("the end of" in line.text for line in view._lines) == MAILS
        assert view.top > 20 + view._heads()[-1] - 1
        assert view._lines[view.top + 5] == line

    play(path, script)


def test_no_more_of_a_mail_is_read_than_is_shown(path: Path) -> None:
    store = Store.open(path)
    assert max(len(message.text) for message in store.messages.of(1, most=500)) == 500
    assert len(store.messages.of(1)[0].text) > 500
    store.close()
    assert MOST > MOST_IN_ALL_AT_ONCE
