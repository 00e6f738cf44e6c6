"""The people of an export: tickets refer to them by number, and lists of people resolve the numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from queues.exports.base import person
from queues.exports.fields import Fields
from queues.exports.ticket import Person

MOST = 1_000_000
"""People kept in memory; later ones stay a number."""


class People:
    """Everyone named in the lists of the files that are imported together."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {}

    def learn(self, raw: bytes) -> None:
        """Read one entry of a list of people; an unreadable entry is skipped."""
        try:
            row: Any = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        if not isinstance(row, dict) or len(self._known) >= MOST:
            return
        result = person(Fields(row))
        if result.id:
            self._known[result.id] = result

    def whole(self, person: Person) -> Person:
        """Return someone with what the lists say besides; what the ticket says itself stands."""
        known = self._known.get(person.id) if person.id else None
        if known is None:
            return person
        return replace(
            person,
            name=person.name or known.name,
            address=person.address or known.address,
            phone=person.phone or known.phone,
            is_agent=known.is_agent if person.is_agent is None else person.is_agent,
        )
