"""Shifts begin and end, leave a hand-over, and know what changed since the one before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import RuleError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.shifts import Shift
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.shifts import shift as shifts
from queues.shifts.shift_start import shift_start

NOW = 1_800_000_000
HOUR = 3600
RULES = {("procedure", "refund"): "[en]\nAsk for the receipt.", ("macro", "hello"): "[en]\nHello!"}


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    made = Desk(store, clock=clock, rules=DeskRules(), agent="eva")
    made.receive([Incoming(
        connector="post", source="test", raw_sha256="1", kind=MessageKind.MAIL, from_name="Ana",
        from_address="ana@x.example", subject="Help", text="Help", new_text="Help", at=NOW, message_id="<1@x>",
        lane="mail",
    )])  # fmt: skip
    yield made
    store.close()


def test_a_shift_begins_ends_and_leaves_its_hand_over(desk: Desk, clock: Clock) -> None:
    begun = desk.begin_shift(RULES)
    clock.now += 2 * HOUR
    ended = desk.end_shift("  Look at #1.\n")
    assert (ended.began_at, ended.ended_at, ended.note) == (begun.began_at, NOW + 2 * HOUR, "Look at #1.")
    assert desk.store.shifts.left_notes(NOW) == [ended]
    kinds = [event.kind for event in desk.store.events.each() if event.ticket_id == 0]
    assert kinds == ["shift began", "shift ended"]
    with pytest.raises(RuleError, match="not begun a shift"):
        desk.end_shift("again")


def test_the_end_is_undone_and_done_again(desk: Desk, clock: Clock) -> None:
    desk.begin_shift(RULES)
    desk.end_shift("Look at #1.")
    assert desk.undo().ticket_ids == ()
    assert shifts.going_on(desk.store, "eva") is not None
    assert desk.store.shifts.left_notes(0) == []
    desk.redo()
    assert [one.note for one in desk.store.shifts.left_notes(0)] == ["Look at #1."]


def test_a_new_shift_settles_the_end_of_the_one_before(desk: Desk) -> None:
    desk.act([1], Change(note="Looked."))
    desk.begin_shift(RULES)
    desk.end_shift("Look at #1.")
    desk.begin_shift(RULES)
    assert desk.undo().ticket_ids == (1,)
    assert [one.note for one in desk.store.shifts.left_notes(0)] == ["Look at #1."]


def test_a_shift_that_was_never_ended_ends_with_the_last_action(desk: Desk, clock: Clock) -> None:
    first = desk.begin_shift(RULES)
    clock.now += HOUR
    desk.act([1], Change(note="Looked."))
    clock.now += 20 * HOUR
    desk.begin_shift(RULES)
    assert desk.store.shifts.get(first.id) == Shift(first.id, "eva", NOW, first.since_event, NOW + HOUR)
    assert shifts.seconds_worked(desk.store, "eva", NOW, clock.now + 60) == HOUR + 60


def test_what_changed_is_told_once(desk: Desk) -> None:
    assert shifts.revised(desk.store, "eva", RULES) == []  # at the first shift there is nothing to compare
    desk.begin_shift(RULES)
    new = {("procedure", "refund"): "[en]\nAsk for the order.", ("macro", "bye"): "[en]\nBye!"}
    found = {(one.kind, one.name): (one.old, one.new) for one in shifts.revised(desk.store, "eva", new)}
    assert found == {
        ("procedure", "refund"): (RULES["procedure", "refund"], new["procedure", "refund"]),
        ("macro", "hello"): (RULES["macro", "hello"], ""),
        ("macro", "bye"): ("", new["macro", "bye"]),
    }
    desk.begin_shift(new)
    assert shifts.revised(desk.store, "eva", new) == []
    assert shifts.revised(desk.store, "leo", RULES) == []


def test_a_shift_begins_with_what_is_left_and_what_is_mine(desk: Desk) -> None:
    desk.act([1], Change(note="Mine.", assignee="eva"))
    desk.save_draft(1, "Half a sent", revision=0)
    desk.begin_shift({})
    desk.end_shift("Look at #1.")
    found = shift_start(desk.store, "eva", {}, day_ends=NOW + HOUR)
    assert [one.note for one in found.notes] == ["Look at #1."]
    assert [row.id for row in found.mine] == [draft.ticket_id for draft in found.drafts] == [1]
    assert shift_start(desk.store, "leo", {}, day_ends=NOW + HOUR).mine == []


def test_every_hand_over_since_my_last_shift_is_shown_and_at_least_the_last(desk: Desk, clock: Clock) -> None:
    def shift_of(agent: str, note: str) -> None:
        clock.now += HOUR
        other = Desk(desk.store, clock=clock, rules=DeskRules(), agent=agent)
        other.begin_shift({})
        other.end_shift(note)

    for agent, note in (("leo", "First."), ("eva", ""), ("leo", "Second."), ("mar", "Third.")):
        shift_of(agent, note)

    def notes(agent: str) -> list[str]:
        return [one.note for one in shift_start(desk.store, agent, {}, day_ends=clock.now).notes]

    assert notes("eva") == ["Third.", "Second."]
    assert notes("mar") == notes("new") == ["Third."]


TIMES = st.integers(NOW, NOW + 1000)


@given(TIMES, st.none() | TIMES, TIMES, TIMES)
def test_the_parts_of_a_shift_make_the_whole(began: int, ended: int | None, cut: int, until: int) -> None:
    shift = Shift(1, "eva", began, 0, ended)
    end = max(until, cut)
    whole = shift.seconds(NOW, end)
    assert shift.seconds(NOW, min(cut, end)) + shift.seconds(min(cut, end), end) == whole
    assert 0 <= whole <= end - NOW


def test_tickets_in_a_lane_that_the_desk_does_not_know_are_offered_and_are_yours_too(desk: Desk) -> None:
    desk.act([1], Change(assignee="eva"))
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    with desk.store.write():  # as after a lane was taken out of the settings
        desk.store.tickets.update(ticket, {"lane": "elsewhere"})
    assert [row.id for row in shift_start(desk.store, "eva", {}, day_ends=NOW + HOUR).mine] == [1]
    found = desk.next_up()
    assert found is not None
    assert (found.ticket_id, found.lane) == (1, "elsewhere")
