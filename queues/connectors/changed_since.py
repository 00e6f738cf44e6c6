"""The feed of a system that only says when a ticket changed last: read by that time, oldest first, and never past it.

A change may be written down late, and several may bear the same time. So each reading begins a while before the newest
change, and what was seen is known again by its number and its time. A time counts as seen only once it is surely over:
a second change within it would look like the first.

A run of pages ends: what it listed is known to it until it has passed all that may hold it again, whatever its time. So
each run reads a ticket that stays the same twice at most, once more where its time was not over before. A change that
is written down late, while a run goes on that then lasts longer than the overlap, may be missed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

Json = Mapping[str, Any]
Ask = Callable[[int, int], tuple[Sequence[Json], bool]]
"""Returns a page of what changed at or since a moment, by the time of the change, and whether more pages follow."""

Seen = tuple[int, str]
"""The time of a ticket's latest change, as far as it is known, and what tells this state of it from others."""

OVERLAP = 120_000
"""Milliseconds before the newest change from which the feed is read again."""
RESOLUTION = 2_000
"""Milliseconds after which no further change bears a time; these systems write seconds or better."""


def moment(written: Any) -> int:
    """Return a time as these systems write it (ISO 8601) in Unix milliseconds; 0 if it cannot be read."""
    try:
        at = datetime.fromisoformat(str(written))
    except ValueError:
        return 0
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def written(moment: int) -> str:
    """Return Unix milliseconds as these systems take a time, in whole seconds."""
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def first_moment(since: date | None) -> int:
    """Return where a feed begins: the settings' day, or before all tickets."""
    begun = since or date(2000, 1, 1)
    return round(datetime(begun.year, begun.month, begun.day, tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Known:
    """How a ticket stood when it was listed."""

    seen: Seen
    over: bool = True
    """No other change of it can bear this time any more; otherwise it is read again."""
    listed: int | None = None
    """The moment of the question that last had it in its answer, None in an earlier run."""

    def packed(self) -> list[Any]:
        """Return it for the store: short, once its run has ended."""
        return [*self.seen, *(() if self.over and self.listed is None else (self.over, self.listed))]

    @classmethod
    def unpacked(cls, at: int, state: str, *more: Any) -> Known:
        """Return what was stored."""
        return cls((at, state), *more)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a feed was read: all that changed before `since`, of the rest `page - 1` pages and what is `known`."""

    since: int
    page: int = 1
    newest: int = 0
    """The latest change so far."""
    done: int = 0
    """How many tickets this run of pages brought."""
    found: int = 0
    """How many rows were new of pages that are read by their number, as they hold more than one of a moment."""
    known: Mapping[str, Known] = field(default_factory=dict)
    """How each ticket stood that may be listed again, by its number."""
    again: bool = False
    """These pages are read another time."""
    unsure: int = 0
    """How many of their rows could still get others beside them, as the moment was not over."""

    @classmethod
    def read(cls, cursor: str, first: int) -> Place:
        """Return a stored place; none begins at `first`."""
        if not cursor:
            return cls(first)
        since, page, newest, done, found, known, *more = json.loads(cursor)
        known = {ref: Known.unpacked(*packed) for ref, packed in known.items()}
        return cls(since, page, newest, done, found, known, *more)

    def written(self) -> str:
        """Return it for the store."""
        known = {ref: known.packed() for ref, known in sorted(self.known.items())}
        more = [self.again, self.unsure] if self.again or self.unsure else []
        return json.dumps([self.since, self.page, self.newest, self.done, self.found, known, *more])


@dataclass(frozen=True, slots=True)
class Page:
    """What changed, and where to go on."""

    rows: tuple[Json, ...]
    cursor: str
    more: bool
    done: int


class ChangedSince:
    """Reads a feed page by page."""

    def __init__(
        self, of_row: Callable[[Json], tuple[str, int, str]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`of_row` returns a ticket's number, the time of its latest change or one before that, and its state."""
        self._of_row, self._clock = of_row, clock
        self._first_seen: dict[tuple[str, Seen], float] = {}

    def next(self, cursor: str, first: int, ask: Ask) -> Page:
        """Return the next page; where its cursor is the one that was given, nothing changed."""
        place = Place.read(cursor, first)
        rows, more = ask(place.since, place.page)
        more = more and bool(rows)
        listed = [(row, ref, (at, state)) for row in rows for ref, at, state in [self._of_row(row)]]
        latest = max([at for _, _, (at, _) in listed], default=0)
        newest = max(place.newest, latest)
        fresh, known, found, unsure = [], dict(place.known), place.found, place.unsure
        for row, ref, seen in listed:
            before, over = place.known.get(ref), self._is_over(ref, seen, newest)
            same = before is not None and before.seen == seen
            known_over = same and before is not None and before.over
            if not same or (over and not known_over):
                fresh.append(row)
            # later changes go on for ever; one that drew others to a page that was read is among these at first
            of_moment = seen[0] <= place.since or (before is not None and before.seen[0] <= place.since)
            found += not same and (of_moment or not place.again)
            unsure += seen[0] <= place.since and not over
            known[ref] = Known(seen, over or known_over, place.since)
        self._first_seen = {key: at for key, at in self._first_seen.items() if newest - key[1][0] < RESOLUTION}
        done = place.done + len(rows)
        if more and latest <= place.since:  # a whole page changed at one moment, or shows no later one
            after = Place(place.since, place.page + 1, newest, done, found, known, place.again, unsure)
        elif place.page > 1 and (found or (unsure and newest - place.since >= RESOLUTION)):
            # one that changes meanwhile draws others to a page that was read: once again
            more, after = True, Place(place.since, 1, newest, done, 0, known, again=True)
        elif more:
            after = Place(latest, 1, newest, done, 0, _kept(known, newest - OVERLAP))
        else:
            since = max(min(first, place.since), newest - OVERLAP)
            after = Place(since, 1, newest, 0, 0, _settled(_kept(known, newest - OVERLAP)))
        return Page(tuple(fresh), after.written(), more, done)

    def _is_over(self, ref: str, seen: Seen, newest: int) -> bool:
        """Return whether no other change of a ticket can bear this time any more."""
        now = self._clock()
        first = self._first_seen.setdefault((ref, seen), now)
        return newest - seen[0] >= RESOLUTION or now - first >= RESOLUTION / 1000


def _kept(known: Mapping[str, Known], until: int) -> dict[str, Known]:
    """Leave out what changed before `until` for sure, by the time that orders the list and need not be shown.

    A question is left behind for a later moment only once its answers went past all that was listed before. What they
    had not therefore changed before the moment of the question.
    """
    moments = [one.listed for one in known.values() if one.listed is not None and one.listed <= until]
    passed = max(moments, default=0)
    return {ref: one for ref, one in known.items() if one.listed is None or one.listed >= passed}


def _settled(known: Mapping[str, Known]) -> dict[str, Known]:
    """Return what a run leaves to the next: what it listed itself, and need not read again."""
    return {ref: Known(one.seen) for ref, one in known.items() if one.listed is not None and one.over}
