"""Taking messages out of files into a desk: what the command and the screen share. Knows neither."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError
from queues.connectors.files import NAME, raw_messages
from queues.helper import RawMessage
from queues.intake import Report


@dataclass(slots=True)
class Progress:
    """How far an import is; written by its thread, read by whoever shows it."""

    seen: int = 0
    """Messages filed so far."""
    read: int = 0
    """Bytes of the files read so far."""
    total: int = 0
    """Bytes of all files."""
    stopped: bool = False
    """Set this and the import ends after the messages under way; what was filed stays."""


def import_files(
    sources: Iterable[Path],
    store_path: Path,
    *,
    own: tuple[str, ...] = (),
    progress: Progress | None = None,
    tell: Callable[[int], object] = lambda seen: None,
) -> tuple[Report, list[str]]:
    """File the messages of the sources; return what became of them and which addresses were taken as our own.

    Without `own` the addresses that many people write to are. `tell` is called with the messages seen after each
    batch. Raises InputError for a source that is not there, StoreError where the file cannot be written.
    """
    from queues.helper import Helper
    from queues.intake import take_in, take_up
    from queues.own_addresses import OwnAddresses
    from tui.composition import open_desk

    def clock() -> int:
        return int(time.time())

    known = progress or Progress()
    paths = list(sources)
    streams = [raw_messages(source) for source in paths]
    known.total = sum(size(source) for source in paths) if progress is not None else 0
    learned = None if own else OwnAddresses()
    desk = open_desk(store_path, create=True)
    try:
        with Helper(own_addresses=own) as helper:
            total = take_up(desk=desk, helper=helper, connector=NAME, clock=clock)
            for stream in streams:
                before = total.seen

                def seen(now: int, before: int = before) -> None:
                    known.seen = before + now
                    tell(known.seen)

                total = total.plus(
                    take_in(
                        _counted(stream, known), desk=desk, helper=helper, connector=NAME, clock=clock, own=learned,
                        progress=seen,
                    )
                )  # fmt: skip
        return total, learned.known() if learned else sorted(own)
    finally:
        desk.store.close()


def size(source: Path) -> int:
    """Return the bytes of a file, or of all files in a folder; 0 where that cannot be told."""
    try:
        if source.is_file():
            return source.stat().st_size
        return sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
    except OSError:
        return 0


def _counted(stream: Iterable[RawMessage | InputError], progress: Progress) -> Iterator[RawMessage | InputError]:
    for item in stream:
        if progress.stopped:
            return
        if isinstance(item, RawMessage):
            progress.read += len(item.raw)
        yield item
