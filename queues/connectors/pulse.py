"""Whether a server that owes an answer says anything: written by the thread that waits, read by another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Pulse:
    """When the server was last heard, while someone waits for it."""

    def __init__(self) -> None:
        self._heard_at: float | None = None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Expect an answer meanwhile."""
        within, self._heard_at = self._heard_at is not None, time.monotonic()
        try:
            yield
        finally:
            self._heard_at = time.monotonic() if within else None

    def heard(self) -> None:
        """Note that the server said something."""
        if self._heard_at is not None:
            self._heard_at = time.monotonic()

    def silent_for(self) -> float:
        """Return for how many seconds an answer is owed and nothing was heard; 0 if none is owed."""
        heard_at = self._heard_at
        return 0.0 if heard_at is None else time.monotonic() - heard_at
