"""A confidential item: where it is in a text, and its kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of confidential items, by the names that events and options use."""

    CARD = "card"
    BANK = "bank account"
    ID = "national id"
    PHONE = "phone"
    EMAIL = "e-mail"
    ADDRESS = "address"
    CODE = "code"
    PASSWORD = "password"
    TOKEN = "token"
    BIRTH = "birth date"
    SCHOOL = "school"
    """Where the text speaks of a child."""
    CHILD = "child's name"


NEVER_SENT = frozenset({Kind.CARD, Kind.CODE, Kind.PASSWORD})
"""What no reply, forward, escalation or comment carries."""


@dataclass(frozen=True, slots=True)
class Item:
    """One confidential item of a text."""

    start: int
    end: int
    kind: Kind
