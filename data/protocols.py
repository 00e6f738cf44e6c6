"""Interfaces between rooms that do not import each other; the composition root in `tui` connects them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.messages import Message
from data.records.tickets import Ticket


class People(Protocol):
    """Finds the customers known by an address, a name or a number; `data.tables.people` implements it."""

    def whose(self, values: Sequence[str], /) -> Mapping[str, int]:
        """Return the customer known by each address, handle or phone number; unknown ones are left out."""
        ...

    def named(self, names: Sequence[str], /) -> Mapping[str, frozenset[int]]:
        """Return the customers who carry each whole name; names that no one carries are left out."""
        ...

    def wrote(self, numbers: Sequence[str], /) -> Mapping[str, frozenset[int]]:
        """Return the customers whose messages hold each order or reference number, a few of them at most."""
        ...

    def owner(self, ticket_id: int, /) -> int | None:
        """Return whose ticket it is, None if there is none of this number."""
        ...


@dataclass(frozen=True, slots=True)
class Sending:
    """The context of a reply that is about to be sent."""

    recipient: str = ""
    """The address that it goes to."""
    agent: str = ""
    """Who answers."""
    now: int = 0
    people: People | None = None
    """None if no one else's words can be looked up."""


class Clock(Protocol):
    """Tells the time; handed in everywhere, so that tests and the demo can set it."""

    def __call__(self) -> int:
        """Return Unix seconds, UTC."""
        ...


class ReplyChecker(Protocol):
    """Checks a reply before it is sent; `macros.checks.check` implements it."""

    def __call__(
        self, change: Change, ticket: Ticket, customer: Customer, conversation: Sequence[Message], sending: Sending, /
    ) -> list[Finding]:
        """Return the findings on `change.reply`, worst first; an empty list means that it may be sent."""
        ...
