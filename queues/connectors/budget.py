"""Client-side rate limit: a number of requests per minute, and none while the server asks to wait.

A server may limit single endpoints too; a header with their own remaining requests makes only these wait.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Mapping

MINUTE = 60.0
_LEFT = ("x-rate-limit-remaining", "ratelimit-remaining", "x-ratelimit-remaining", "x-ratelimit-remaining-minute")
_RESET = ("ratelimit-reset", "x-ratelimit-reset")
_OF_ENDPOINT = re.compile(r"total=\d+; *remaining=0; *resets=(\d{1,6})\b")
"""What is left of one endpoint's requests: nothing. Zendesk writes it so (Rate limits, Endpoint rate limits)."""


class Budget:
    """Counts the requests of the last minute, or of another number of seconds."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic, seconds: float = MINUTE) -> None:
        """`clock` counts seconds from any moment."""
        self._most, self._clock, self._span = most, clock, seconds
        self._made: deque[float] = deque()
        self._not_before = 0.0
        self._endpoints: dict[str, float] = {}

    def spend(self, pause: Callable[[float], object], endpoint: str = "") -> None:
        """Wait by `pause` until one more request may be made of this endpoint, a minute at most, and count it."""
        seconds = self.wait(endpoint)
        if seconds > 0:
            pause(seconds)
        self._made.append(self._clock())

    def wait(self, endpoint: str = "") -> float:
        """Return after how many seconds one more request may be made."""
        now = self._clock()
        own = self._made[-self._most] + self._span - now if self.used() >= self._most else 0.0
        asked = max(self._not_before, self._endpoints.get(endpoint, 0.0)) - now
        return max(own, min(asked, MINUTE), 0.0)

    def used(self) -> int:
        """Return how many requests were made in that time."""
        now = self._clock()
        while self._made and self._made[0] <= now - self._span:
            self._made.popleft()
        return len(self._made)

    def rest(self, seconds: float) -> None:
        """Pause requests for this long: the server asked for it."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def heed(self, headers: Mapping[str, str], endpoint: str = "") -> None:
        """Pause if the server's rate-limit headers say that nothing remains, of all or of this endpoint."""
        for value in headers.values():
            if used_up := _OF_ENDPOINT.fullmatch(value.strip()):
                self._endpoints[endpoint] = self._clock() + int(used_up[1])
        if next((headers[name] for name in _LEFT if name in headers), "") == "0":
            reset = next((headers[name] for name in _RESET if name in headers), "")
            self.rest(min(float(reset), MINUTE) if reset.isascii() and reset.isdigit() else MINUTE)
