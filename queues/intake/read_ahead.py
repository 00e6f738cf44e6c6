"""Two stages side by side: while the desk files one batch, the helper process reads the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Batch = TypeVar("Batch")
Answer = TypeVar("Answer")


def read_ahead(batches: Iterable[Batch], read: Callable[[Batch], Answer]) -> Iterator[tuple[Batch, Answer]]:
    """Yield each batch, in order, with what `read` returns for it in a thread of its own, one batch ahead.

    What `read` raises is raised where its batch would be yielded.
    """
    with ThreadPoolExecutor(1, "read-ahead") as thread:
        ahead: tuple[Batch, Future[Answer]] | None = None
        for batch in batches:
            before, ahead = ahead, (batch, thread.submit(read, batch))
            if before is not None:
                yield before[0], before[1].result()
        if ahead is not None:
            yield ahead[0], ahead[1].result()
