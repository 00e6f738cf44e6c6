"""A shift played again under other orders and staffing."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.tickets import Severity
from queues.clocks.calendar import ALWAYS, WEEKDAYS, from_table
from queues.figures.handling import IDLE, Handled, by_ticket, expected, handled
from queues.figures.replay import Order, Request, play
from queues.next_up.graphic_content import NO_EXPOSURE

START = 1_800_000_000 // 86_400 * 86_400


def request(number: int, at: int, due: int | None = None, seconds: int = 100, lane: str = "mail") -> Request:
    return Request(number, lane, START + at, None if due is None else START + due, seconds)


REQUESTS = st.lists(
    st.builds(
        request,
        st.integers(1, 10_000),
        st.integers(0, 90_000),
        st.none() | st.integers(0, 90_000),
        st.integers(1, 4000),
        st.sampled_from(["mail", "app", "safety"]),
    ),
    max_size=25,
    unique_by=lambda one: one.ticket_id,
)


@given(REQUESTS, st.sampled_from(Order), st.integers(1, 4))
def test_everything_is_answered_once_and_nothing_before_it_could_be(
    requests: list[Request], order: Order, agents: int
) -> None:
    found = play(requests, order, staff=[ALWAYS] * agents)
    assert found.answered == len(requests)
    assert found.breaches == sum(found.by_lane.values()) <= sum(one.due_at is not None for one in requests)
    if requests:
        assert found.p90_wait >= min(one.seconds for one in requests)


@given(REQUESTS)
def test_with_hands_enough_the_order_plays_no_part(requests: list[Request]) -> None:
    outcomes = {play(requests, order, staff=[ALWAYS] * (len(requests) or 1)) == play(
        requests, Order.FIRST_IN, staff=[ALWAYS] * (len(requests) or 1)) for order in Order}  # fmt: skip
    assert outcomes == {True}


def test_each_order_takes_its_own_next() -> None:
    # One agent is busy until 100; then the oldest (app), the most pressing (safety) and the second mail wait.
    requests = [
        request(1, 0),
        request(2, 10, 9_000, 100, "app"),
        request(3, 20, 9_000, 100, "mail"),
        request(4, 30, 250, 100, "safety"),
    ]
    late = {order: play(requests, order, staff=[ALWAYS]).breaches for order in Order}
    assert late == {Order.NEXT_UP: 0, Order.NO_REST: 0, Order.FIRST_IN: 1, Order.BY_QUEUE: 1}


def busy_day(seed: int) -> list[Request]:
    """A day of 150 requests for two people; every third is graphic, and they come in bunches."""
    random = Random(seed)
    found, at = [], 0
    for number in range(150):
        at += random.randrange(10, 320)
        graphic = random.random() < (0.6 if number // 10 % 2 else 0.06)
        severity = random.choice([None, None, Severity.S1, Severity.S2, Severity.S3]) if graphic else None
        due = START + at + random.choice([1800, 3600, 4 * 3600])
        seconds = random.randrange(120, 800)
        found.append(Request(number, "safety" if graphic else "mail", START + at, due, seconds, severity,
                             graphic=graphic))  # fmt: skip
    return found


def test_light_ones_between_cost_next_to_no_clock() -> None:
    """The bound that docs/next-up.md states: breaches grow by one in fifty at most."""
    late, in_a_row = Counter[Order](), Counter[Order]()
    for seed in range(12):
        for order in (Order.NEXT_UP, Order.NO_REST):
            found = play(busy_day(seed), order, staff=[ALWAYS] * 2, expected={"mail": 460, "safety": 460})
            late[order] += found.breaches
            in_a_row[order] += found.graphic_in_a_row
    assert late[Order.NO_REST] > 50
    assert late[Order.NEXT_UP] <= late[Order.NO_REST] * 1.02
    assert in_a_row[Order.NEXT_UP] < in_a_row[Order.NO_REST] * 0.75


def test_without_light_ones_wanted_both_orders_are_one() -> None:
    for order in (Order.NEXT_UP, Order.NO_REST):
        assert play(busy_day(1), order, staff=[ALWAYS] * 2, exposure=NO_EXPOSURE) == play(
            busy_day(1), Order.NO_REST, staff=[ALWAYS] * 2
        )


def test_nobody_works_outside_the_shift() -> None:
    shift = from_table({day: ["09:00-10:00"] for day in WEEKDAYS}, "here")
    found = play([request(1, 0, 9 * 3600 + 99), request(2, 0, 33 * 3600 + 50, 3600)], Order.FIRST_IN, staff=[shift])
    # the second begins at 09:01:40, has the hour's rest, and goes on for 100 s the next morning
    assert (found.breaches, found.p90_wait) == (2, 33 * 3600 + 100)


def test_a_grave_breach_is_counted_apart() -> None:
    grave = Request(1, "safety", START, START + 50, 100, Severity.S1)
    assert play([grave], Order.NEXT_UP, staff=[ALWAYS]).grave_breaches == 1


def test_handling_is_the_time_since_the_agents_action_before() -> None:
    deeds = [(1, 0, "eva"), (2, 200, "eva"), (4, 300, "leo"), (5, 500, "eva"),
             (6, 500 + IDLE + 1, "eva"),  # after a pause: says nothing
             (7, 500 + IDLE + 61, "eva"), (8, 500 + 2 * IDLE + 61, "eva")]  # fmt: skip
    assert list(handled(deeds)) == [
        Handled(2, 200, "eva", 200),
        Handled(5, 500, "eva", 300),
        Handled(7, 500 + IDLE + 61, "eva", 60),
        Handled(8, 500 + 2 * IDLE + 61, "eva", IDLE),
    ]


def test_tickets_that_were_changed_at_once_share_the_time() -> None:
    deeds = [(1, 0, "eva"), (2, 91, "eva"), (2, 91, "eva"), (3, 91, "eva"), (4, 100, "eva")]
    assert [(one.ticket_id, one.seconds) for one in handled(deeds)] == [(2, 45), (3, 45), (4, 9)]
    assert by_ticket([Handled(2, 0, "eva", 45), Handled(3, 0, "eva", 1), Handled(2, 9, "leo", 5)]) == {2: 50, 3: 1}


@pytest.mark.parametrize(("seconds", "usual"), [([60, 600, 120], 120), ([60], 60)])
def test_a_lanes_usual_time_is_the_median(seconds: list[int], usual: int) -> None:
    found = [Handled(number, START, "eva", one) for number, one in enumerate(seconds)]
    assert expected(found, dict.fromkeys(range(9), "mail")) == {"mail": usual}


def test_what_is_expected_is_of_whole_tickets_and_of_known_lanes() -> None:
    found = [Handled(1, 0, "eva", 60), Handled(1, 60, "leo", 60), Handled(2, 0, "eva", 20), Handled(9, 0, "eva", 5)]
    assert expected(found, {1: "mail", 2: "mail"}) == {"mail": 70}
