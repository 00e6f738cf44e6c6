"""Imports messages and tickets from files into a desk; shared by the command and the screen, independent of both."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import InputError
from queues.connectors.files import NAME, files_of, messages_of
from queues.helper.client import RawMessage
from queues.intake.begin_work import Old, begin_unanswered
from queues.intake.take_in import Report

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.exports.read_export import Piece
    from queues.exports.table_file import Columns
    from queues.helper.client import Helper


@dataclass(slots=True)
class Progress:
    """The progress of an import; written by its thread, read by the display."""

    seen: int = 0
    """Messages filed so far."""
    read: int = 0
    """Bytes of the files read so far."""
    total: int = 0
    """Bytes of all files."""
    stopped: bool = False
    """Set this to stop the import after the current batch; filed messages are kept."""


def import_files(
    sources: Iterable[Path],
    store_path: Path,
    *,
    own: tuple[str, ...] = (),
    tool: str = "",
    progress: Progress | None = None,
    tell: Callable[[], object] = lambda: None,
    history_before: int = 0,
    old: Old = Old.WORK,
    columns: Columns | None = None,
    dry_run: bool = False,
) -> tuple[Report, list[str]]:
    """File the contents of the sources; return the result and the addresses taken as our own.

    Exports of other tools are recognised by their shape unless `tool` names the tool. Without `own`, addresses
    that many people write to are ours. `tell` is called after each batch. Raises InputError for a missing
    source, StoreError if the file cannot be written. Mail from before `history_before` is history, not work;
    `old` says the same of all mail. `columns` says what the columns of tables (CSV) are. A `dry_run` files everything
    in a copy of the desk, which is thrown away.
    """
    if dry_run:
        with _thrown_away(store_path) as copy:
            return import_files(
                sources, copy, own=own, tool=tool, progress=progress, tell=tell, history_before=history_before, old=old,
                columns=columns,
            )  # fmt: skip
    from queues.exports.read_export import is_export
    from queues.exports.table_file import Columns
    from queues.ground.roles import Right
    from queues.helper.client import Helper
    from queues.helper.export_process import read_export_apart
    from queues.intake.own_addresses import OwnAddresses
    from queues.intake.take_in import take_in, take_up
    from tui.setup.open_desk import open_desk, own_addresses
    from tui.setup.settings import load

    known = progress or Progress()
    files = [path for source in sources for path in files_of(source)]
    read = partial(_pieces, tool=tool, columns=columns or Columns())
    exports = [path for path in files if tool or _is_table(path) or is_export(path, read_export_apart)]
    mail = [path for path in files if path not in set(exports)]
    known.total = sum(size(path) for path in files)
    learned = None if own else OwnAddresses()

    def seen(now: int) -> None:
        known.seen = now
        tell()

    desk = open_desk(store_path, create=True)
    try:
        desk.access.require(Right.WORK)
        known_ours = sorted({*own, *own_addresses(load().settings)})
        with Helper(own_addresses=known_ours) as helper:
            before = history_before if old is Old.WORK else _clock() + 1
            total = take_up(desk=desk, helper=helper, connector=NAME, clock=_clock, history_before=before)
            stream = _counted(messages_of(mail), known)
            total = total.plus(
                take_in(
                    stream,
                    desk=desk,
                    helper=helper,
                    connector=NAME,
                    clock=_clock,
                    own=learned,
                    progress=seen,
                    history_before=before,
                )
            )
            if old is Old.FROM_NOW:
                total.begun = begin_unanswered(desk, total.earlier)
            if exports:
                total = total.plus(_tickets(exports, read, desk, helper, known, tell))
        return total, learned.known() if learned else sorted(own)
    finally:
        desk.store.close()


def _tickets(
    files: list[Path],
    read: Callable[[Path], Iterator[Piece]],
    desk: Desk,
    helper: Helper,
    known: Progress,
    tell: Callable[[], object],
) -> Report:
    """Read exports twice: first for all people and the total size, then for the tickets."""
    from queues.exports.export_people import People
    from queues.exports.read_export import PersonRow
    from queues.intake.exported_tickets import Importer

    people = People()
    records = 0
    for path in files:
        for piece in read(path):
            if known.stopped:
                break
            if isinstance(piece, PersonRow):
                people.learn(piece.raw)
            else:
                records += 1
    before, start = known.seen, known.read
    whole = sum(size(path) for path in files)

    def progress(messages: int, done: int) -> None:
        known.seen = before + messages
        known.read = start + whole * min(done, records) // max(1, records)
        tell()

    every = _until_stopped((piece for path in files for piece in read(path)), known)
    return Importer(desk, helper, people, NAME, _clock).take_in(every, progress)


def _is_table(path: Path) -> bool:
    from queues.exports.table_file import SUFFIXES

    return path.suffix.lower() in SUFFIXES and path.is_file()


def _pieces(path: Path, *, tool: str, columns: Columns) -> Iterator[Piece]:
    """Yield the records of an export, or the tickets of a table."""
    from queues.exports import table_file
    from queues.helper.export_process import read_export_apart

    if _is_table(path) or tool in table_file.TOOLS:
        return table_file.pieces(path, columns, tool or table_file.TOOLS[0])
    return read_export_apart(path, tool)


@contextmanager
def _thrown_away(desk: Path) -> Iterator[Path]:
    """Yield a copy of a desk in a folder that is removed afterwards; of a desk that does not exist, none."""
    from data.desk_file.make_backup import make_backup
    from data.locations import temporary_folder

    folder = temporary_folder()
    try:
        copy = folder / "desk.db"
        if desk.exists():
            make_backup(desk, _clock(), target=copy)
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def size(source: Path) -> int:
    """Return the bytes of a file, or of all files in a folder; 0 if that is unknown."""
    try:
        if source.is_file():
            return source.stat().st_size
        return sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
    except OSError:
        return 0


def _clock() -> int:
    return int(time.time())


def _counted(stream: Iterable[RawMessage | InputError], progress: Progress) -> Iterator[RawMessage | InputError]:
    for item in stream:
        if progress.stopped:
            return
        if isinstance(item, RawMessage):
            progress.read += len(item.raw)
        yield item


def _until_stopped(stream: Iterable[Piece], progress: Progress) -> Iterator[Piece]:
    for item in stream:
        if progress.stopped:
            return
        yield item
