"""Programs write one after the other, and leave the file alone in between."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from tui.api import turns
from tui.api.turns import REST, Turns


class Time:
    """A clock that only a wait or the work itself moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(turns, "time", made)
    return made


def test_a_pause_is_as_long_as_the_work_asks_for_and_only_the_next_one_waits(clock: Time) -> None:
    held = Turns()
    with held.turn():
        clock.now += 2.0
    assert clock.waits == [0.0], "the first does not wait, before or after"
    clock.now += 1.0
    with held.turn():
        clock.now += 0.5
    assert clock.waits == [0.0, REST * 2.0 - 1.0]
    clock.now += 10.0
    with held.turn():
        pass
    assert clock.waits[-1] == 0.0, "time that went by anyway counts"


def test_work_that_fails_gives_the_turn_back(clock: Time) -> None:
    held = Turns()

    def fail() -> None:
        with held.turn():
            clock.now += 1.0
            raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        fail()
    with held.turn():
        assert clock.waits == [0.0, REST * 1.0]


def test_two_threads_never_have_the_turn_at_once(clock: Time) -> None:
    held, began, inside, most = Turns(), Barrier(4), [], []

    def work() -> None:
        began.wait()
        for _ in range(200):
            with held.turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (800, 1)
