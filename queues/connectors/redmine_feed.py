"""Which issues of a Redmine changed: by when they were updated, oldest first, a page at a time.

Redmine gives that time in seconds and does not number its changes. A page therefore begins again with the last second
of the one before; the last minute is read once more, for changes that were dated before they could be seen; and an
issue is read until it stayed the same for some seconds, as two notes of one second look alike in a list.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

Json = Mapping[str, Any]
Query = list[tuple[str, str]]
AT_ONCE = 100
"""Rows of a page, the most that Redmine gives."""
OVERLAP = 60
"""Seconds that are read once more."""
SETTLE = 10
"""Seconds, by the clock here, after which nothing more is expected to be dated as what was read then."""


class Known(msgspec.Struct, frozen=True, array_like=True):
    """An issue as it was read."""

    when: int
    """The second of its latest update."""
    digest: str
    until: int = 0
    """It is read again until then, by the clock here; 0 if it was."""
    files: tuple[int, ...] = ()
    """The files that it had, as long as it is read again."""


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the issues were read."""

    at: int = 0
    """What was updated in this second and later is to come."""
    inside: int | None = None
    """The second has more issues than a page: those with higher numbers are to come."""
    newest: int = 0
    """The latest update that was seen."""
    done: int = 0
    seen: dict[str, Known] = {}
    """Issues that are listed again."""

    @classmethod
    def read(cls, written: str) -> Cursor:
        """Return a kept cursor, a new one where there is none."""
        return msgspec.json.decode(written, type=cls) if written else cls()

    def written(self) -> str:
        """Return what is kept."""
        return msgspec.json.encode(self).decode()


class Feed:
    """The list of issues, as Redmine gives it."""

    def __init__(self, listed: Callable[[Query], tuple[list[dict[str, Any]], int]]) -> None:
        """Take what returns the rows of a query and how many there are in all."""
        self._listed = listed
        self.filters: list[tuple[str, str, tuple[str, ...]]] = []
        """What always limits the list: field, operator, values."""

    def total(self) -> int:
        """Return how many issues there are."""
        return self._listed(self._query([], limit=1))[1]

    def latest(self) -> dict[str, Any] | None:
        """Return the issue that was opened last, None if there is none."""
        return next(iter(self._listed(self._query([], sort="id:desc", limit=1))[0]), None)

    def page(self, cursor: Cursor) -> tuple[list[dict[str, Any]], Cursor, bool]:
        """Return the issues that follow a cursor, the next cursor without what was seen, and whether there is more."""
        if cursor.inside is not None:
            return self._within(cursor, cursor.inside)
        since = [("updated_on", ">=", (written(cursor.at),))] if cursor.at else []
        rows, _ = self._listed(self._query(since))
        newest = max([cursor.newest, *map(updated, rows)])
        if len(rows) < AT_ONCE:
            return rows, msgspec.structs.replace(cursor, at=max(newest - OVERLAP, 0), newest=newest), False
        last = updated(rows[-1])
        inside = None if last > cursor.at else 0
        return rows, msgspec.structs.replace(cursor, at=max(last, cursor.at), inside=inside, newest=newest), True

    def _within(self, cursor: Cursor, number: int) -> tuple[list[dict[str, Any]], Cursor, bool]:
        """Return issues of one second by their numbers: it has more than a page can hold."""
        second = ("updated_on", "><", (written(cursor.at), written(cursor.at + 1)))
        rows, _ = self._listed(self._query([second, ("issue_id", ">=", (str(number + 1),))], sort="id"))
        if len(rows) < AT_ONCE:
            return rows, msgspec.structs.replace(cursor, at=cursor.at + 1, inside=None), True
        return rows, msgspec.structs.replace(cursor, inside=int(rows[-1]["id"])), True

    def _query(
        self, more: Sequence[tuple[str, str, tuple[str, ...]]], sort: str = "updated_on,id", limit: int = AT_ONCE
    ) -> Query:
        query: Query = [("sort", sort), ("limit", str(limit))]
        for field, operator, values in (("status_id", "*", ()), *self.filters, *more):
            query += [("f[]", field), (f"op[{field}]", operator), *((f"v[{field}][]", value) for value in values)]
        return query


def settles(known: Known | None, row: Json) -> tuple[bool, Known]:
    """Return whether an issue is to be read, and as what it is known then."""
    digest, now = sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:12], int(time.time())
    same = known is not None and known.digest == digest
    if known is not None and same and not known.until:
        return False, known
    until = known.until if known is not None and same else now + SETTLE
    return True, Known(updated(row), digest, 0 if now >= until else until)


def updated(row: Json) -> int:
    """Return the second of an issue's latest update."""
    return moment(str(row.get("updated_on") or ""))


def moment(given: str) -> int:
    """Return a time of Redmine's; 0 if it is not a time."""
    try:
        return int(datetime.fromisoformat(given.replace("Z", "+00:00")).timestamp())
    except ValueError:
        return 0


def written(second: int) -> str:
    """Return a second as Redmine reads it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
