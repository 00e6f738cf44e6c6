"""Files incoming messages: the bytes are stored first, then parsed in the helper, then filed by the desk.

A kill between two steps loses nothing and doubles nothing: kept bytes that were not filed are taken up at the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from data.errors import InputError
from data.protocols import Clock
from data.records.incoming import Incoming
from queues.desk.desk import Desk
from queues.exports.read_export import Record
from queues.exports.ticket import Kept
from queues.helper.client import Helper, RawMessage
from queues.intake.own_addresses import OwnAddresses
from queues.intake.read_ahead import read_ahead

Recognise = Callable[[list[Incoming]], list[Incoming]]

MOST_IN_BATCH = 200
MOST_TOLD = 1_000
"""The most messages that a report keeps."""
LARGEST_BATCH = 8 * 1024 * 1024
"""Bytes after which a batch is filed, however little it holds."""
_Raw = TypeVar("_Raw", RawMessage, Record)


@dataclass(slots=True)
class Report:
    """The results of an intake."""

    new: int = 0
    joined: int = 0
    duplicates: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Kept raw and filed anyway: where each came from, and why it could not be read."""
    refused: list[str] = field(default_factory=list)
    """Files that could not be opened and records that were left out, one sentence each, the first `MOST_TOLD`."""
    untold: int = 0
    """How many more were refused."""
    kept: dict[tuple[str, str], Kept] = field(default_factory=dict)
    """By tool and field: exported values without an equivalent here."""
    earlier: set[int] = field(default_factory=set)
    """The tickets that mail was filed in as history."""
    begun: int = 0
    """How many of those are work from now on, because they are unanswered."""

    @property
    def seen(self) -> int:
        """Messages processed."""
        return self.new + self.joined + self.duplicates + len(self.unreadable)

    def refuse(self, sentence: str) -> None:
        """Record what was not imported, and why."""
        if len(self.refused) < MOST_TOLD:
            self.refused.append(sentence)
        else:
            self.untold += 1

    def count(self, item: Incoming, outcome: str) -> None:
        """Record the result for a message."""
        if outcome in ("duplicate", "noted"):
            self.duplicates += 1
        elif not item.readable:
            self.unreadable.append((item.source, item.problem))
        elif outcome == "joined":
            self.joined += 1
        else:
            self.new += 1

    def keep(self, tool: str, kept: Mapping[str, Kept]) -> None:
        """Record a ticket's fields without an equivalent."""
        for name, item in kept.items():
            before = self.kept.get((tool, name))
            self.kept[tool, name] = Kept(before.count + item.count, before.example) if before else item

    def plus(self, other: Report) -> Report:
        """Return both reports as one."""
        whole = Report(
            self.new + other.new,
            self.joined + other.joined,
            self.duplicates + other.duplicates,
            self.unreadable + other.unreadable,
            self.refused + other.refused,
            self.untold + other.untold,
            dict(self.kept),
            self.earlier | other.earlier,
            self.begun + other.begun,
        )
        for (tool, name), kept in other.kept.items():
            whole.keep(tool, {name: kept})
        return whole

    def unmapped(self) -> list[dict[str, Any]]:
        """Return the fields without an equivalent, most frequent first."""
        ordered = sorted(self.kept.items(), key=lambda pair: (-pair[1].count, pair[0]))
        return [
            {"tool": tool, "field": name, "count": kept.count, "example": kept.example}
            for (tool, name), kept in ordered
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        unreadable = [{"source": source, "reason": reason} for source, reason in self.unreadable]
        return {
            "messages": self.seen,
            "new": self.new,
            "joined": self.joined,
            "duplicates": self.duplicates,
            "unreadable": unreadable,
            "refused": self.refused,
            "refused_besides": self.untold,
            "begun": self.begun,
            "unmapped": self.unmapped(),
        }


def take_in(
    items: Iterable[RawMessage | InputError],
    *,
    desk: Desk,
    helper: Helper,
    connector: str,
    clock: Clock,
    own: OwnAddresses | None = None,
    recognise: Recognise = list,
    progress: Callable[[int], object] = lambda seen: None,
    history_before: int = 0,
) -> Report:
    """File every message of `items`, batch by batch; `progress` gets the number seen.

    Mail dated before `history_before`, Unix seconds, is history: no work, unless its ticket is.

    With `own`, the desk's addresses are learned from the messages; otherwise the helper already has them. `recognise`
    names the languages again, with what the desk knows of the customers.
    An error among the items is a file that could not be opened: it is reported, the rest goes on.
    Raises StoreError if the store cannot be written; what was filed before stays.
    """
    report = Report()

    def kept() -> Iterator[list[RawMessage]]:
        for batch in batches(items, report, MOST_IN_BATCH):
            with desk.store.write(bulk=True):
                for message in batch:
                    desk.store.messages.keep_raw(message.raw, message.source, clock())
            yield batch

    for _, read in read_ahead(kept(), partial(helper.read, connector=connector)):
        _file(read, desk, clock, report, recognise, own, history_before)
        progress(report.seen)
    return report


def take_up(
    *, desk: Desk, helper: Helper, connector: str, clock: Clock, recognise: Recognise = list, history_before: int = 0
) -> Report:
    """File the bytes that an earlier run kept but did not come to file."""
    report = Report()
    while kept := desk.store.messages.unread_raws(limit=20):
        before = report.seen
        messages = [RawMessage(raw, source) for _, source, raw in kept]
        _file(helper.read(messages, connector=connector), desk, clock, report, recognise, None, history_before)
        if report.seen == before:
            break
    return report


def batches(items: Iterable[_Raw | InputError], report: Report, most: int) -> Iterator[list[_Raw]]:
    """Yield `items` in lists of at most `most`, or about `LARGEST_BATCH` bytes; errors go to the report."""
    batch: list[_Raw] = []
    size = 0
    for item in items:
        if isinstance(item, InputError):
            report.refuse(item.message)
            continue
        batch.append(item)
        size += len(item.raw)
        if len(batch) >= most or size >= LARGEST_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _file(
    batch: list[Incoming],
    desk: Desk,
    clock: Clock,
    report: Report,
    recognise: Recognise,
    own: OwnAddresses | None = None,
    history_before: int = 0,
) -> None:
    """Hand what was read of a batch to the desk in one transaction."""
    now = clock()
    # A file does not record arrival times; use the mails' dates, unless in the future.
    read = [replace(item, received_at=min(item.at, now) if item.at is not None else now) for item in batch]
    if own is not None:
        own.learn(read)
        read = [own.marked(item) for item in read]
    read = [replace(item, history=(item.received_at or now) < history_before) for item in recognise(read)]
    for item, received in zip(read, desk.receive(read, bulk=True), strict=True):
        report.count(item, received.outcome)
        if item.history and received.outcome in ("new", "joined"):
            report.earlier.add(received.ticket_id)
