"""How many requests a remote got in the last minute, told by how many it got in all."""

from __future__ import annotations

from collections import deque

MINUTE = 60


class Pace:
    """Remembers a minute of looks at a counter."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque([(0, 0)])

    def used(self, total: int, now: int) -> int:
        """Return how many of `total` requests were made in the minute before `now`, as far as looks tell."""
        self._seen.append((now, total))
        while len(self._seen) > 1 and self._seen[1][0] <= now - MINUTE:
            self._seen.popleft()
        return total - self._seen[0][1]
