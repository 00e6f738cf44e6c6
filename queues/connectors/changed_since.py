"""The feed of a system that only says when a ticket changed last: read by that time, oldest first, and never past it.

A change may be written down late, and several may bear the same time. So each reading begins a while before the newest
change, and what was seen is known again by its number and its time. A time counts as seen only once it is surely over:
a second change within it would look like the first.
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
class Place:
    """How far a feed was read: all that changed before `since`, of the rest `page - 1` pages and what was `seen`."""

    since: int
    page: int = 1
    newest: int = 0
    """The latest change so far."""
    done: int = 0
    """How many tickets this run of pages brought."""
    found: int = 0
    """How many of those that changed at `since` itself were new, where they are more than a page."""
    seen: Mapping[str, Seen] = field(default_factory=dict)
    """When each ticket changed last, and how it stood then, by its number."""

    @classmethod
    def read(cls, cursor: str, first: int) -> Place:
        """Return a stored place; none begins at `first`."""
        if not cursor:
            return cls(first)
        since, page, newest, done, found, seen = json.loads(cursor)
        return cls(since, page, newest, done, found, {ref: (at, state) for ref, (at, state) in seen.items()})

    def written(self) -> str:
        """Return it for the store."""
        seen = dict(sorted(self.seen.items()))
        return json.dumps([self.since, self.page, self.newest, self.done, self.found, seen])


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
        known = [(ref, (at, state)) for ref, at, state in map(self._of_row, rows)]
        fresh = tuple(row for row, (ref, seen) in zip(rows, known, strict=True) if place.seen.get(ref) != seen)
        latest = max([at for _, (at, _) in known], default=0)
        newest = max(place.newest, latest)
        over = self._over(known, newest)
        more, done = more and bool(rows), place.done + len(rows)
        crowded = more and latest <= place.since
        found = place.found + sum(self._of_row(row)[1] <= place.since for row in fresh)
        since, page = place.since, 1
        if crowded:  # a whole page changed at one moment
            page = place.page + 1
        elif place.page > 1 and found:  # one that changes meanwhile draws others to a page that was read: once again
            more, found = True, 0
        else:
            since, found = latest if more else max(place.since, newest - OVERLAP), 0
        kept = {ref: seen for ref, seen in {**place.seen, **over}.items() if seen[0] >= min(since, newest - OVERLAP)}
        after = Place(since, page, newest, done if more else 0, found if crowded else 0, kept)
        return Page(fresh, after.written(), more, done)

    def _over(self, known: Sequence[tuple[str, Seen]], newest: int) -> dict[str, Seen]:
        """Return those whose time no other change of theirs can bear any more."""
        now = self._clock()
        self._first_seen = {key: self._first_seen.get(key, now) for key in known}
        return {
            ref: seen
            for ref, seen in known
            if newest - seen[0] >= RESOLUTION or now - self._first_seen[ref, seen] >= RESOLUTION / 1000
        }
