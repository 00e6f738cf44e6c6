"""So many requests a minute and no more, and none while a server asks to wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.connectors.budget import MINUTE, Budget


class Clock:
    """Seconds that pass only where somebody waits."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@given(st.integers(1, 6), st.lists(st.integers(0, 90), max_size=60))
def test_no_minute_has_more_than_its_requests(per_minute: int, idle: list[int]) -> None:
    clock = Clock()
    budget, made = Budget(per_minute, clock), list[float]()
    for seconds in idle:
        clock.wait(seconds)
        budget.spend(clock.wait)
        made.append(clock.now)
        assert budget.used() == sum(one > clock.now - MINUTE for one in made) <= per_minute
    assert all(later - one >= MINUTE - 1e-6 for one, later in zip(made, made[per_minute:], strict=False))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-rate-limit": "200", "x-rate-limit-remaining": "0", "ratelimit-reset": "41"}, 41),
        ({"ratelimit-remaining": "0"}, 60),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "soon"}, 60),
        ({"x-rate-limit-remaining": "1", "ratelimit-reset": "41"}, 0),
        ({}, 0),
    ],
)
def test_a_server_that_has_nothing_left_is_left_alone(headers: dict[str, str], seconds: float) -> None:
    clock = Clock()
    budget = Budget(100, clock)
    budget.heed(headers)
    assert budget.wait() == seconds


def test_what_a_server_asks_for_is_waited_for_a_minute_at_a_time() -> None:
    clock = Clock()
    budget, waits = Budget(100, clock), list[float]()
    budget.rest(7)
    budget.spend(waits.append)
    budget.rest(3_600)
    assert (waits, budget.wait()) == ([7], MINUTE)
