"""Another program that holds the file for writing, snapshots that are too old, and clocks that jump."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Direction, Message
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.tui.playing import drained, fifteen_tickets, incoming, picture, play, press, tap
from tui.app import DeskApp

HOUR = 3_600
NOON = 1_790_000_000
Figure = Callable[[str, object], None]


def held(path: Path) -> sqlite3.Connection:
    """Take the file's write lock, as another program does."""
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    raw.execute("BEGIN IMMEDIATE")
    return raw


async def keys_under_a_lock(pilot: Pilot[int], app: DeskApp, path: Path) -> float:
    """Read and type while the file is locked; return the longest time that a key took, of processor time."""
    other = held(path)
    for key in ("enter", "j", "k", "r"):
        await tap(pilot, key)
        await drained(pilot)
    area = app.focused
    assert isinstance(area, TextArea)
    longest = 0.0
    for letter in "kept while it was locked":
        begun = monotonic()
        await tap(pilot, letter)
        longest = max(longest, monotonic() - begun)
    await drained(pilot)
    assert "kept while it was locked" in area.text
    assert "kept while it was locked" in picture(app)
    other.execute("COMMIT")
    other.close()
    await press(pilot, app, "escape")
    return longest


def test_keys_are_answered_while_another_program_writes(tmp_path: Path, record_property: Figure) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    taken: list[float] = []

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        taken.append(await keys_under_a_lock(pilot, app, path))
        app.desk.writer.submit(lambda desk: None).result()
        (draft,) = app.desk.store.drafts.all()
        assert "kept while it was locked" in draft.text

    play(path, script)
    record_property("figure", f"24 letters typed under the lock, longest {1_000 * taken[0]:.0f} ms, written after it")


def test_a_write_waits_for_the_lock_and_is_then_done(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    other = held(path)
    began, done = threading.Event(), threading.Event()

    def write() -> None:
        store = Store.open(path)
        began.set()
        Desk(store, clock=lambda: NOON, rules=DeskRules(), agent="ann").act([1], Change(add_tags=("waited",)))
        store.close()
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(30)
    assert not done.is_set()
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM ticket").fetchone() == (15,)
    other.execute("COMMIT")
    other.close()
    writer.join(60)
    assert done.is_set()
    store = Store.open(path)
    ticket = store.tickets.get(1)
    assert ticket is not None
    assert "waited" in ticket.tags


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(fifteen_tickets(tmp_path / "desk.db"))
    yield Desk(store, clock=lambda: NOON, rules=DeskRules(), agent="ann")
    store.close()


def test_a_snapshot_that_is_too_old_is_never_an_error(desk: Desk) -> None:
    old_snapshots(desk, 50)


@pytest.mark.faults
def test_a_snapshot_that_is_too_old_a_thousand_times(desk: Desk, record_property: Figure) -> None:
    old_snapshots(desk, 1_000)
    record_property("figure", "1,000 commits of another program under an open read, 0 errors")


def old_snapshots(desk: Desk, turns: int) -> None:
    """Save drafts while a read is open that began before another program's commit: SQLite refuses that at once."""
    with closing(sqlite3.connect(desk.store.path, isolation_level=None)) as other:
        revision = 0
        for turn in range(turns):
            rows = cast(Generator[Message, None, None], desk.store.messages.each())
            first = next(rows)  # a read that is still open
            other.execute("UPDATE customer SET name = ? WHERE id = 1", (f"Name {turn}",))
            revision = desk.save_draft(1, f"text {turn}", revision=revision).revision
            if turn % 100 == 0:  # the read goes on where it was
                assert [message.id for message in rows] == list(range(first.id + 1, 16))
            rows.close()
    draft = desk.store.drafts.get(1)
    assert draft is not None
    assert draft.text == f"text {turns - 1}"


CLOCKS = {
    "an hour on": (NOON, NOON + HOUR),
    "an hour back": (NOON, NOON - HOUR),
    "years back": (NOON, 86_400),
    "into summer in Madrid": (1_774_745_999, 1_774_746_001),
    "into winter in Madrid": (1_792_889_999, 1_792_890_001),
    "past 2038": (2_147_483_640, 2_147_483_660),
    "past 2106": (4_294_967_290, 4_294_967_300),
}


@pytest.mark.parametrize("jump", CLOCKS)
def test_a_clock_that_jumps_breaks_nothing(tmp_path: Path, jump: str, record_property: Figure) -> None:
    before, after = CLOCKS[jump]
    now = before
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: now, rules=DeskRules(), agent="ann")
    first = desk.receive([_mail(1)])[0].ticket_id
    due = store.tickets.get(first)
    now = after
    second = desk.receive([_mail(2)])[0].ticket_id
    assert store.tickets.get(first) == due, "the clocks of a ticket do not move with the clock"
    assert desk.next_up() is not None
    desk.act([first], Change(reply="Hello", status=Status.SOLVED))
    desk.undo()
    desk.act([first], Change(reply="Hello", status=Status.SOLVED))
    assert [message.text for message in store.messages.of(first) if message.direction is Direction.OUT][-1:] == [
        "Hello"
    ]
    assert [event.kind for event in store.events.of(second)]
    assert first < second, "the order is that of arrival"
    record_property("figure", f"{len(CLOCKS)} jumps of the clock, no exception, clocks unchanged")
    store.close()


@pytest.mark.parametrize("date", [-300_000_000, 0, 4_070_908_800, 253_402_300_800, None])
def test_a_mail_of_any_date_is_answered_by_its_arrival(tmp_path: Path, date: int | None) -> None:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: NOON, rules=DeskRules(), agent="ann")
    ticket = store.tickets.get(desk.receive([replace(_mail(1), at=date)])[0].ticket_id)
    plain = store.tickets.get(desk.receive([replace(_mail(2), at=NOON)])[0].ticket_id)
    assert ticket is not None
    assert plain is not None
    assert (ticket.first_due, ticket.resolve_due) == (plain.first_due, plain.resolve_due)
    store.close()


def _mail(number: int) -> Incoming:
    return replace(incoming(number, f"Subject {number}", "mail"), received_at=None, at=None)
