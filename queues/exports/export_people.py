"""Whom an export names: tickets tell people by number, and its lists of people say who that is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from queues.exports.base import person
from queues.exports.fields import Fields
from queues.exports.ticket import Person

MOST = 1_000_000
"""People kept in memory; who comes after them stays a number."""


class People:
    """Everybody named in the lists of the files that are imported together."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {}

    def learn(self, raw: bytes) -> None:
        """Take one entry of a list of people; one that cannot be read is nobody."""
        try:
            row: Any = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        if not isinstance(row, dict) or len(self._known) >= MOST:
            return
        found = person(Fields(row))
        if found.id:
            self._known[found.id] = found

    def whole(self, one: Person) -> Person:
        """Return somebody with what the lists say besides; what the ticket says itself stands."""
        known = self._known.get(one.id) if one.id else None
        if known is None:
            return one
        return replace(
            one,
            name=one.name or known.name,
            address=one.address or known.address,
            phone=one.phone or known.phone,
            is_agent=known.is_agent if one.is_agent is None else one.is_agent,
        )
