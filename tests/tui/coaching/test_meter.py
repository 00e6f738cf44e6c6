from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tui.coaching.key_meter import IDLE, Meter, Subject, Visit

ONE, TWO = Subject(1, 5, open=True, waits=True), Subject(2, 1, open=True, waits=True)


def counted() -> tuple[Meter, list[Visit]]:
    left: list[Visit] = []
    return Meter(left.append), left


def test_a_visit_runs_from_the_key_that_brought_the_ticket_to_the_last_key_on_it() -> None:
    meter, left = counted()
    meter.key(None, 10.0, typed=False)
    meter.key(ONE, 13.0, typed=False)
    meter.key(ONE, 14.0, typed=True)
    meter.key(ONE, 15.5, typed=False)
    meter.key(TWO, 20.0, typed=False)
    meter.look(None)

    assert [(one.subject.ticket_id, one.keys, one.letters, one.seconds) for one in left] == [
        (1, 2, 1, 5.5),
        (2, 1, 0, 4.5),
    ]


def test_nobody_is_at_work_through_a_long_gap() -> None:
    meter, left = counted()
    for at in (0.0, 1.0, 1.0 + IDLE, 2.0 + 2 * IDLE):
        meter.key(ONE, at, typed=False)
    meter.look(None)

    assert left[0].seconds == 1.0 + IDLE
    assert left[0].keys == 4


def test_a_ticket_opened_from_the_list_counts_as_open() -> None:
    meter, left = counted()
    meter.key(replace(ONE, open=False), 0.0, typed=False)
    meter.key(ONE, 1.0, typed=False)
    meter.look(TWO)

    assert left[0].subject.open
    assert meter.subject is None


@given(st.lists(st.tuples(st.sampled_from([None, ONE, TWO]), st.floats(0, 500), st.booleans()), max_size=30))
def test_no_key_is_lost_or_counted_twice(keys: list[tuple[Subject | None, float, bool]]) -> None:
    meter, left = counted()
    at = 0.0
    for subject, gap, typed in keys:
        at += gap
        meter.key(subject, at, typed=typed)
    meter.look(None)

    assert sum(one.keys + one.letters for one in left) == sum(subject is not None for subject, _, _ in keys)
    assert sum(one.letters for one in left) == sum(typed for subject, _, typed in keys if subject is not None)
    assert sum(one.seconds for one in left) <= at
