"""Lanes: the queues on screen, in their order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from data.records.tickets import Lane, LaneFilter

_WAIT = "status NOT IN ('solved', 'closed', 'history')"


class Lanes:
    """Reads and writes the lanes through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def all(self) -> list[Lane]:
        """Return the lanes of the desk in the order of the screen."""
        rows = self._db.execute("SELECT name, title, position, definition FROM lane ORDER BY position, name")
        return [_lane(*row) for row in rows]

    def others(self) -> list[str]:
        """Return what stands in place of a lane on tickets that are in none of the desk's and not done with."""
        sql = f"""SELECT DISTINCT lane FROM lane_count WHERE n > 0 AND {_WAIT}
            AND lane NOT IN (SELECT name FROM lane) ORDER BY lane"""
        return [row[0] for row in self._db.execute(sql)]

    def save(self, lanes: Sequence[Lane]) -> None:
        """Make these the lanes of the desk, and no others."""
        self._db.execute("DELETE FROM lane")
        rows = [(lane.name, lane.title, lane.position, json.dumps(_definition(lane))) for lane in lanes]
        self._db.executemany("INSERT INTO lane (name, title, position, definition) VALUES (?, ?, ?, ?)", rows)


def packed(lanes: Iterable[Lane]) -> list[dict[str, Any]]:
    """Return lanes as values that a setting of the file can hold."""
    return [{"name": lane.name, "title": lane.title, "position": lane.position, **_definition(lane)} for lane in lanes]


def unpacked(values: Iterable[dict[str, Any]]) -> list[Lane]:
    """Return the lanes that `packed` made values of."""
    return [_lane(item["name"], item["title"], item["position"], json.dumps(item)) for item in values]


def _definition(lane: Lane) -> dict[str, Any]:
    """Return what defines a lane besides its name, title and place; only what is set."""
    conditions = {name: list(values) for name, values in asdict(lane.filter).items() if values}
    more = {"harm": lane.harm, "order": lane.order, "titles": dict(lane.titles), "filter": conditions}
    return {name: value for name, value in more.items() if value}


def _lane(name: str, title: str, position: int, definition: str) -> Lane:
    known = json.loads(definition)
    conditions = {key: tuple(values) for key, values in known.get("filter", {}).items()}
    titles = tuple(known.get("titles", {}).items())
    return Lane(
        name, title, position, LaneFilter(**conditions), known.get("harm", False), known.get("order", "due"), titles
    )
