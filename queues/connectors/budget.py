"""Client-side rate limit: a number of requests per minute, and none while the server asks to wait."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping

MINUTE = 60.0
_LEFT = ("x-rate-limit-remaining", "ratelimit-remaining", "x-ratelimit-remaining")
_RESET = ("ratelimit-reset", "x-ratelimit-reset")


class Budget:
    """Counts the requests of the last minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds from any moment."""
        self._per_minute, self._clock = per_minute, clock
        self._made: deque[float] = deque()
        self._not_before = 0.0

    def spend(self, pause: Callable[[float], object]) -> None:
        """Wait by `pause` until one more request may be made, a minute at most, and count it."""
        seconds = self.wait()
        if seconds > 0:
            pause(seconds)
        self._made.append(self._clock())

    def wait(self) -> float:
        """Return after how many seconds one more request may be made."""
        now = self._clock()
        own = self._made[-self._per_minute] + MINUTE - now if self.used() >= self._per_minute else 0.0
        return max(own, min(self._not_before - now, MINUTE), 0.0)

    def used(self) -> int:
        """Return how many requests were made in the last minute."""
        now = self._clock()
        while self._made and self._made[0] <= now - MINUTE:
            self._made.popleft()
        return len(self._made)

    def rest(self, seconds: float) -> None:
        """Pause requests for this long: the server asked for it."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def heed(self, headers: Mapping[str, str]) -> None:
        """Pause if the server's rate-limit headers say that nothing remains."""
        if next((headers[name] for name in _LEFT if name in headers), "") == "0":
            reset = next((headers[name] for name in _RESET if name in headers), "")
            self.rest(min(float(reset), MINUTE) if reset.isascii() and reset.isdigit() else MINUTE)
