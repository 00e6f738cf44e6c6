"""Which ticket is next, and the words for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.tickets import LaneRow, Priority, Severity, Status
from queues.next_up.urgency import NextUp, choose

NOW = 1_800_000_000
MINUTE = 60
ROW = LaneRow(1, "Help", "Ana", Status.OPEN, Priority.NORMAL, None, "es", NOW + 600, NOW, 0, "", False, 0)


def row(number: int, minutes: float | None = 60, **more: object) -> LaneRow:
    due = None if minutes is None else NOW + int(minutes * MINUTE)
    return replace(ROW, id=number, due_at=due, **more)  # type: ignore[arg-type]


def test_the_reason_is_told_in_words() -> None:
    found = choose({"safety": [row(12, 8, severity=Severity.S1)], "mail": [row(3, 2)]}, NOW)
    assert found == NextUp(12, "safety", "safety#12 breaches in 8 min, S1")


@pytest.mark.parametrize(
    ("only", "why"),
    [
        (row(5, -3), "mail#5 breached 3 min ago"),
        (row(5, 0), "mail#5 breaches now"),
        (row(5, 0.5), "mail#5 breaches in 30 s"),
        (row(5, 180), "mail#5 breaches in 3 h"),
        (row(5, 60 * 24 * 3), "mail#5 breaches in 3 days"),
        (row(5, None), "mail#5 has no clock running"),
        (row(5, 8, priority=Priority.URGENT), "mail#5 breaches in 8 min, urgent priority"),
    ],
)
def test_each_state_of_the_clock_has_its_words(only: LaneRow, why: str) -> None:
    assert choose({"mail": [only]}, NOW) == NextUp(5, "mail", why)


def test_nothing_waits_for_us() -> None:
    assert choose({}, NOW) is None
    assert choose({"mail": [], "app": [row(1, status=Status.PENDING)]}, NOW) is None


def test_a_life_at_risk_goes_before_every_clock() -> None:
    rows = {"mail": [row(1, -600)], "safety": [row(2, 240, severity=Severity.S1), row(3, 240, severity=Severity.S0)]}
    found = choose(rows, NOW)
    assert found is not None
    assert found.ticket_id == 3


def test_what_can_still_be_saved_first_is_what_takes_longest() -> None:
    rows = {"mail": [row(1, 20)], "app": [row(2, 25)]}
    quick = choose(rows, NOW)
    slow_app = choose(rows, NOW, {"mail": 5 * MINUTE, "app": 10 * MINUTE})
    assert (quick and quick.ticket_id, slow_app and slow_app.ticket_id) == (1, 2)


def test_a_small_old_breach_does_not_outrank_a_grave_new_one() -> None:
    rows = {"mail": [row(1, -3000, severity=Severity.S4)], "safety": [row(2, -1, severity=Severity.S2)]}
    found = choose(rows, NOW)
    assert found is not None
    assert found.ticket_id == 2


def order(*rows: LaneRow) -> list[int]:
    """The tickets of one lane in the order in which they would be worked on."""
    left, found = list(rows), []
    while left:
        best = choose({"mail": left}, NOW)
        assert best is not None
        found.append(best.ticket_id)
        left = [one for one in left if one.id != best.ticket_id]
    return found


def test_what_can_be_kept_goes_before_what_is_late_unless_there_is_time() -> None:
    assert order(row(1, -60), row(2, 239), row(3, 241), row(4, None)) == [2, 1, 3, 4]


def test_nothing_late_is_forgotten() -> None:
    assert order(row(1, 30), row(2, -24 * 60 - 1), row(3, -24 * 60)) == [2, 1, 3]


def test_known_harm_presses_even_when_it_is_late() -> None:
    assert order(row(1, 30), row(2, -90, severity=Severity.S2), row(3, -90, severity=Severity.S3)) == [2, 1, 3]


def test_a_broken_word_presses() -> None:
    found = choose({"mail": [row(1, 30), row(2, 600)]}, NOW, promised={2: NOW - 60})
    assert found is not None
    assert found.ticket_id == 2


@pytest.mark.parametrize(
    ("due", "promised", "why"),
    [
        (60, 20 * MINUTE, "mail#5 promised an answer in 20 min"),
        (60, 0, "mail#5 promised an answer in 0 s"),
        (60, -1, "mail#5 owes an answer promised for 1 s ago"),
        (60, -3 * 3600, "mail#5 owes an answer promised for 3 h ago"),
        (None, 3 * 86_400, "mail#5 promised an answer in 3 days"),
        (20, 20 * MINUTE, "mail#5 promised an answer in 20 min"),
        (19, 20 * MINUTE, "mail#5 breaches in 19 min"),  # the clock breaks before the promise
    ],
)
def test_a_promise_has_its_words_unless_the_clock_breaks_first(due: float | None, promised: int, why: str) -> None:
    assert choose({"mail": [row(5, due)]}, NOW, promised={5: NOW + promised}) == NextUp(5, "mail", why)


def test_a_promise_counts_whatever_the_status_and_only_on_its_own_ticket() -> None:
    waiting = [row(1, None, status=Status.PENDING), row(2, None, status=Status.PENDING)]
    found = choose({"mail": waiting}, NOW, promised={2: NOW})
    assert found is not None
    assert found.ticket_id == 2


def test_another_teams_late_answer_presses_and_is_said() -> None:
    late = row(2, None, escalation_due=NOW)
    assert choose({"mail": [row(1, 20), late]}, NOW) == NextUp(
        2, "mail", "mail#2 has no clock running, another team's answer is late"
    )
    found = choose({"mail": [row(1, 20), replace(late, escalation_due=NOW + 1)]}, NOW)
    assert found == NextUp(1, "mail", "mail#1 breaches in 20 min")


def test_among_equals_priority_then_the_earliest_clock() -> None:
    rows = [row(1, -1), row(2, 1, priority=Priority.URGENT), row(3, 2, priority=Priority.URGENT)]
    found = choose({"mail": rows}, NOW)
    assert found is not None
    assert found.ticket_id == 2


def test_a_ticket_without_a_clock_comes_last() -> None:
    found = choose({"mail": [row(1, None, priority=Priority.URGENT), row(2, 6000, priority=Priority.LOW)]}, NOW)
    assert found is not None
    assert found.ticket_id == 2


ROWS = st.builds(
    row,
    st.integers(1, 1000),
    st.none() | st.integers(-5000, 5000),
    severity=st.none() | st.sampled_from(Severity),
    priority=st.sampled_from(Priority),
    status=st.sampled_from(Status),
)
LANES = st.dictionaries(
    st.sampled_from(["mail", "app", "safety"]), st.lists(ROWS, max_size=6, unique_by=lambda item: item.id)
)


@given(LANES)
def test_the_order_of_rows_and_lanes_plays_no_part(lanes: dict[str, list[LaneRow]]) -> None:
    seen: set[int] = set()
    distinct = {
        lane: [item for item in rows if not (item.id in seen or seen.add(item.id))]  # type: ignore[func-returns-value]
        for lane, rows in lanes.items()
    }
    turned = {lane: rows[::-1] for lane, rows in reversed(distinct.items())}
    assert choose(distinct, NOW) == choose(turned, NOW)


@given(LANES)
def test_doing_the_work_in_this_order_reaches_every_active_ticket(lanes: dict[str, list[LaneRow]]) -> None:
    left = {lane: list(rows) for lane, rows in lanes.items()}
    active = sum(item.status in (Status.NEW, Status.OPEN) for rows in lanes.values() for item in rows)
    for _ in range(active):
        found = choose(left, NOW)
        assert found is not None
        left[found.lane] = [item for item in left[found.lane] if item.id != found.ticket_id]
    assert choose(left, NOW) is None
