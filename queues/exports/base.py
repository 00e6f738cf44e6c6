"""The protocol of a tool's file, and what these files share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import msgspec

from data.records.messages import Attachment
from data.safe_text import safe_line
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedTicket, Kept, Person

EXAMPLE = 60
"""Characters of an example in a report."""


class Tool(Protocol):
    """One file in this folder: a tool's name, how its tickets are recognised and how they are read."""

    NAME: str
    """As people write it after `--from`."""

    def matches(self, shape: Shape) -> bool:
        """Return whether an object of this shape is one of its tickets."""
        ...

    def read(self, row: Fields) -> ExportedTicket:
        """Read a ticket. Raises ValueError with the reason if it cannot be imported."""
        ...


@dataclass(slots=True)
class Leftovers:
    """Collects what has no equivalent: kept with the ticket, counted for the report."""

    values: dict[str, Any] = field(default_factory=dict)
    _messages: dict[str, Any] = field(default_factory=dict)
    _kept: dict[str, Kept] = field(default_factory=dict)

    def ticket(self, rest: Mapping[str, Any]) -> None:
        """Keep the fields that a ticket left over."""
        for name, value in rest.items():
            self.values[name] = value
            self._count(name, value)

    def message(self, number: str, rest: Mapping[str, Any]) -> None:
        """Keep the fields that a message left over, under its number there."""
        if not rest:
            return
        place = number if number and number not in self._messages else f"({len(self._messages) + 1})"
        self._messages[place] = dict(rest)
        for name, value in rest.items():
            self._count(f"messages.{name}", value)

    def _count(self, name: str, value: Any) -> None:
        known = self._kept.get(name)
        first = known.example if known else example(value)
        self._kept[name] = Kept(known.count + 1 if known else 1, first)

    def onto(self, ticket: ExportedTicket, row: Fields) -> ExportedTicket:
        """Return the ticket with the left-over fields of it and its messages."""
        self.ticket(row.rest())
        whole = self.values | ({"messages": self._messages} if self._messages else {})
        return replace(ticket, extra=msgspec.json.encode(whole) if whole else b"", kept=self._kept)


def example(value: Any) -> str:
    """Return a value as a short line for a report."""
    said = value if isinstance(value, str) else msgspec.json.encode(value).decode("utf-8", "replace")
    line = safe_line(said[: EXAMPLE * 4])
    return line if len(line) <= EXAMPLE else line[: EXAMPLE - 1] + "…"


def number_of(row: Fields, *names: str) -> str:
    """Return the number of a ticket. Raises ValueError if it has none."""
    result = row.line(*names)
    if not result:
        raise ValueError(f"it has no {names[0]}")
    return result[:200]


_AGENTS = frozenset({"agent", "admin", "administrator", "owner", "user"})
_CUSTOMERS = frozenset({"end-user", "customer", "contact"})


def person(row: Fields, *, agent: bool | None = None) -> Person:
    """Return the person that an object with a number, a name and an address represents, and perhaps their role."""
    first, last = (
        row.line("first", "firstname", "first_name", "firstName"),
        row.line("last", "lastname", "last_name", "lastName"),
    )
    name = row.line("name") or " ".join(filter(None, (first, last)))
    role = row.text("role", "type").casefold()
    if agent is None:
        agent = True if role in _AGENTS else False if role in _CUSTOMERS else None
    return Person(row.line("id"), name, row.line("email").casefold(), row.line("phone", "phone_number"), agent)


def attachment(name: str, content_type: str, size: int) -> Attachment:
    """Return a file that stayed where it was: its name is kept, and its link among what has no equivalent."""
    return Attachment(name or "?", content_type, max(0, size), "", 0)


def whole(value: Any) -> int:
    """Return a whole number, 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else 0
