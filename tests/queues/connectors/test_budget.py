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
        ({"x-ratelimit-total": "400", "x-ratelimit-remaining": "0"}, 60),
        ({"x-ratelimit-limit-minute": "400", "x-ratelimit-remaining-minute": "0"}, 60),
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


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=17"}, 17),
        ({"zendesk-ratelimit-incremental-exports": "total=10;remaining=0;resets=900"}, MINUTE),
        ({"zendesk-ratelimit-tickets-update": "total=100; remaining=10; resets=17"}, 0),
        ({"zendesk-ratelimit-tickets-update": "remaining=0"}, 0),
        ({"date": "Sun, 29 Nov 2026 23:59:59 GMT"}, 0),
    ],
)
def test_an_endpoint_that_is_used_up_is_left_alone_and_no_other(headers: dict[str, str], seconds: float) -> None:
    budget = Budget(1_000, Clock())
    budget.heed(headers, "PUT tickets/#")
    assert budget.wait("PUT tickets/#") == pytest.approx(seconds)
    assert budget.wait("GET tickets/#") == 0


def test_a_limit_may_be_for_longer_than_a_minute() -> None:
    clock = Clock()
    budget = Budget(2, clock, seconds=600)
    for _ in range(2):
        budget.spend(clock.wait)
        clock.wait(100)
    assert (budget.used(), budget.wait()) == (2, 400)
