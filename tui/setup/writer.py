"""The only writer: a thread with its own store and desk, so that the screen never waits for the disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

D = TypeVar("D")
T = TypeVar("T")

PATIENCE = 0.08
"""Seconds that a key waits for its change before the screen shows that it is saving."""


class Writer(Generic[D]):
    """Runs work on a desk that lives in a single thread; `make` builds the desk there on first use."""

    def __init__(self, make: Callable[[], D], close: Callable[[D], None] | None = None) -> None:
        self._make = make
        self._close = close
        self._desk: D | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk-writer")

    def submit(self, work: Callable[[D], T]) -> Future[T]:
        """Queue `work(desk)`; it runs after everything that was queued before. Its errors are kept in the future."""
        return self._pool.submit(self._run, work)

    def reopen(self) -> Future[None]:
        """Rebuild the desk after everything queued, for changed settings; after a failure the old desk stays."""
        return self._pool.submit(self._anew)

    def stop(self) -> None:
        """Finish what is queued, then close the desk in its own thread."""
        if self._desk is not None and self._close is not None:
            self._pool.submit(self._close, self._desk)
        self._pool.shutdown(wait=True)

    def _anew(self) -> None:
        old, self._desk = self._desk, self._make()
        if old is not None and self._close is not None:
            self._close(old)

    def _run(self, work: Callable[[D], T]) -> T:
        if self._desk is None:
            self._desk = self._make()
        return work(self._desk)
