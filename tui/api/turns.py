"""When programs may write: one at a time, and after each a pause, so that a key of an open desk finds the file free."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

REST = 3
"""A pause is so many times as long as the file was locked before it."""


class Turns:
    """Lets threads of this process write one after the other.

    Whoever finds the file locked looks again after ever longer pauses (SQLite), so one program that writes without
    end would keep a key waiting for seconds.
    """

    def __init__(self) -> None:
        self._one = Lock()
        self._free_at = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this thread's turn, and hold it."""
        with self._one:
            time.sleep(max(0.0, self._free_at - time.monotonic()))
            began = time.monotonic()
            try:
                yield
            finally:
                ended = time.monotonic()
                self._free_at = ended + REST * (ended - began)
