"""Which status may follow which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import RuleError
from data.records.tickets import ACTIVE, Status
from queues.ground.statuses import DONE, after_incoming, after_reply, check_move, moves, reopens

STATUSES = st.sampled_from(Status)


@pytest.mark.parametrize("new", sorted(set(Status) - {Status.CLOSED, Status.OPEN}))
def test_closed_only_opens_again(new: Status) -> None:
    check_move(Status.CLOSED, Status.OPEN)
    with pytest.raises(RuleError, match="set it to open"):
        check_move(Status.CLOSED, new)


@pytest.mark.parametrize("old", sorted(set(Status) - {Status.SUSPENDED}))
def test_what_is_finished_is_not_suspended(old: Status) -> None:
    assert (Status.SUSPENDED in moves(old)) == (old not in DONE)


@pytest.mark.parametrize("old", sorted(set(Status) - {Status.NEW, Status.CLOSED}))
def test_nothing_becomes_new_again(old: Status) -> None:
    with pytest.raises(RuleError, match="set it to open"):
        check_move(old, Status.NEW)


@pytest.mark.parametrize("new", [Status.PENDING, Status.ON_HOLD, Status.SNOOZED])
def test_solved_waits_for_nobody(new: Status) -> None:
    with pytest.raises(RuleError, match="closed or open first"):
        check_move(Status.SOLVED, new)


@pytest.mark.parametrize("new", [Status.OPEN, Status.CLOSED])
def test_solved_opens_again_or_closes(new: Status) -> None:
    check_move(Status.SOLVED, new)


@given(STATUSES)
def test_staying_put_is_allowed(status: Status) -> None:
    check_move(status, status)
    assert status not in moves(status)


@given(STATUSES, STATUSES)
def test_the_moves_offered_are_those_allowed(old: Status, new: Status) -> None:
    if old == new or new in moves(old):
        check_move(old, new)
    else:
        with pytest.raises(RuleError):
            check_move(old, new)


@given(STATUSES)
def test_a_customer_who_writes_is_always_waited_on(status: Status) -> None:
    assert after_incoming(status) in ACTIVE
    assert (after_incoming(status) is Status.NEW) == (status in (Status.NEW, Status.HISTORY))


@given(STATUSES)
def test_the_status_after_a_reply_is_one_that_may_be_set(status: Status) -> None:
    check_move(status, after_reply(status))
    assert after_reply(status) not in ACTIVE


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.PENDING, Status.SNOOZED])
def test_a_reply_leaves_the_next_word_to_the_customer(status: Status) -> None:
    assert after_reply(status) is Status.PENDING


def test_what_waits_for_another_team_still_does_after_a_reply() -> None:
    assert after_reply(Status.ON_HOLD) is Status.ON_HOLD


def test_only_finished_work_reopens() -> None:
    assert reopens(Status.SOLVED, Status.OPEN)
    assert reopens(Status.CLOSED, Status.OPEN)
    assert not reopens(Status.PENDING, Status.OPEN)
    assert not reopens(Status.SOLVED, Status.CLOSED)
