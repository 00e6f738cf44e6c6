"""Which issues of a Roundup changed: by when something last happened to them, read once more for a minute.

Roundup does not number changes and gives their time in seconds, so an issue that was seen is known by its content.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from itertools import accumulate
from typing import Any

import msgspec

from queues.connectors.roundup_rest import AT_ONCE, Rest

OVERLAP = 60
"""Seconds that are read once more: a change is dated when it is begun, and seen when it is through."""
_AGAIN = 5
"""The same for a long list that was left in its middle."""
_WEST = 14 * 3600
"""Seconds that a user's clock may be behind UTC, in whose time the tracker reads what we ask for."""
_WITNESS = 1800
_FORM = "%Y-%m-%d.%H:%M:%S"


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the issues were read."""

    at: int = 0
    """What happened later is to come."""
    listed: int = 0
    """When the last completely read list was made; 0 while a list is being read."""
    done: int = 0
    caught_up: bool = False
    """Everything that there was at the beginning is here."""
    seen: dict[str, tuple[int, str]] = {}
    """Issues changed lately: when, and a print of what was seen."""

    @classmethod
    def read(cls, written: str) -> Cursor:
        """Return a kept cursor, a new one where there is none."""
        return msgspec.json.decode(written, type=cls) if written else cls()

    def written(self) -> str:
        """Return what is kept."""
        return msgspec.json.encode(self).decode()


class Feed:
    """The issues that changed, oldest change first, some at a time."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._waiting: list[tuple[int, str]] = []
        self._listed = 0
        self._follows: Cursor | None = None
        self._west = _WEST
        self.total = 0
        """How many issues there are to come and were, in the count of `Cursor.done`."""

    def next(self, cursor: Cursor, fields: list[str]) -> tuple[list[dict[str, Any]], Cursor, bool]:
        """Return issues that changed after the cursor, the next cursor, and whether there is more."""
        if not self._waiting or cursor != self._follows:  # what was read last may not have been kept
            self._list(cursor)
        self._follows = None
        group = self._group(cursor)
        rows = self._rest.by_number("issue", [number for _, number in group], fields)
        prints = {number: _print(row) for number, row in rows.items()}
        new = [row for number, row in rows.items() if cursor.seen.get(number, (0, ""))[1] != prints[number]]
        self.total = cursor.done + len(new) + len(self._waiting)
        if not rows and not self._waiting and cursor.listed:
            return [], cursor, False
        at = max([cursor.at, *(when for when, _ in group)])
        since = (at if self._waiting else min(at, self._listed)) - OVERLAP
        seen = cursor.seen | {
            number: (moment(str(row.get("activity"))), prints[number]) for number, row in rows.items()
        }
        after = Cursor(
            at=at, listed=0 if self._waiting else self._listed, done=cursor.done + len(new),
            caught_up=cursor.caught_up or not self._waiting,
            seen={number: item for number, item in seen.items() if item[0] >= since},
        )  # fmt: skip
        self._follows = after
        return sorted(new, key=lambda row: (str(row.get("activity")), int(row["id"]))), after, bool(self._waiting)

    def _group(self, cursor: Cursor) -> list[tuple[int, str]]:
        """Take the next issues: with those that may have been seen so many new ones that there is always progress."""
        new = accumulate(cursor.seen.get(number, (0, ""))[0] != when for when, number in self._waiting)
        size = bisect_left(list(new), AT_ONCE) + 1
        group, self._waiting = self._waiting[:size], self._waiting[size:]
        return group

    def _list(self, cursor: Cursor) -> None:
        """Find what changed, as numbers alone."""
        since = cursor.listed - OVERLAP if cursor.listed else cursor.at - _AGAIN
        results, self._listed = self._changed(since)
        self._waiting = [(when, number) for when, number in results if when >= since]

    def _changed(self, since: int) -> tuple[list[tuple[int, str]], int]:
        """Return what changed since a moment, and the time there; the tracker may take the moment for another."""
        results, now = self._ask(since - self._west)
        witness = next(((when, number) for when, number in results if since <= when < since + _WITNESS), None)
        if self._west and witness and witness in self._ask(since)[0]:
            self._west = 0
        return results, now

    def _ask(self, since: int) -> tuple[list[tuple[int, str]], int]:
        tracker = self._rest.tracker
        query = [("@fields", "activity"), ("@sort", "activity,id")]
        if since > 0:
            query.append(("activity", f"{datetime.fromtimestamp(since, UTC).strftime(_FORM)};"))
        if tracker.since:
            query.append(("creation", f"{tracker.since - timedelta(days=1)};"))
        if tracker.queues and tracker.queue_field:
            numbers = self._rest.numbers(tracker.queue_field, tracker.queues)
            query.append((tracker.queue_field, ",".join(numbers[name] for name in tracker.queues if name in numbers)))
        answer = self._rest.ask("GET", "issue", query=query)
        rows = answer.body["data"]["collection"] if isinstance(answer.body, dict) else []
        results = [(moment(str(row.get("activity"))), str(row["id"])) for row in rows]
        return results, _now(answer.headers, results)


def moment(written: str) -> int:
    """Return a date of Roundup's, which is UTC; 0 if it is not a date."""
    try:
        return int(datetime.strptime(written.partition(" ")[0][:19], _FORM).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0


def _now(headers: Mapping[str, str], results: list[tuple[int, str]]) -> int:
    """Return the tracker's time; without it, that of the latest change."""
    try:
        return int(parsedate_to_datetime(headers["date"]).timestamp())
    except (KeyError, ValueError):
        return max([0, *(when for when, _ in results)])


def _print(row: Mapping[str, Any]) -> str:
    return sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:12]
