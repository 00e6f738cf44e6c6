"""Custom fields: what the settings define, and what a ticket holds of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field holds. A ticket has every value as text, in one spelling."""

    TEXT = "text"
    """One line."""
    NUMBER = "number"
    """A decimal number: `1234.5`."""
    DATE = "date"
    """A day: `2026-04-03`."""
    CHOICE = "choice"
    """One of the field's choices."""
    MONEY = "money"
    """An amount and its currency, ISO 4217: `12.50 EUR`."""


@dataclass(frozen=True, slots=True)
class CustomField:
    """One field that the settings define."""

    name: str
    """The name in commands, rules, macros and the search."""
    label: str
    """The name on the screen."""
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[str, ...] = ()
    currency: str = ""
    """The currency of an amount without one; empty if it must be written."""
    lanes: tuple[str, ...] = ()
    """The lanes whose tickets have it; empty for all."""
    required: bool = False
    """A ticket without a value cannot be solved."""
    there: str = ""
    """Its name in ticketing systems; empty for its own name."""

    def is_in(self, lane: str) -> bool:
        """Return whether tickets in this lane have the field."""
        return not self.lanes or lane in self.lanes

    @property
    def name_there(self) -> str:
        """The name of the field in ticketing systems."""
        return self.there or self.name


def missing(fields: Iterable[CustomField], lane: str, names: Iterable[str]) -> list[CustomField]:
    """Return the fields that a ticket in `lane` needs to be solved and that are not among the `names` it has."""
    known = frozenset(names)
    return [field for field in fields if field.required and field.is_in(lane) and field.name not in known]
