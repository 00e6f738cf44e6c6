"""What the palette lists: its kinds, the signs that choose between them, and the order of what fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tui.look.words import words
from tui.palette.matching import Fit, Searchable, fit, split

MOST = 60
"""Entries of one kind that are listed for a text; without a text, all are."""


class Kind(StrEnum):
    """What an entry is. The value is the heading of its kind, in English."""

    MACRO = "Macros"
    ACTION = "Actions"
    SETTING = "Settings"
    TICKET = "Tickets"
    PERSON = "People"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    kind: Kind
    id: str
    title: str
    note: str = ""
    """An explanation, in the same line."""
    key: str = ""
    """The keys of an action."""
    weak: bool = False
    """A macro that is not sure to fit the ticket."""
    possible: bool = True
    """An action that can be done now."""
    changes: bool = False
    """Choosing it changes something at once."""
    words: Searchable = field(default=Searchable(()), compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are searched together: by a key of the desk, by a sign at the beginning, or by Tab."""

    sign: str
    kinds: tuple[Kind, ...]

    @property
    def title(self) -> str:
        """The kinds, in the language of the interface."""
        first, *others = (words(kind.value) for kind in self.kinds)
        return ", ".join([first, *(other.lower() for other in others)])


MACROS = Group(";", (Kind.MACRO,))
ACTIONS = Group(":", (Kind.ACTION, Kind.SETTING))
TICKETS = Group("/", (Kind.TICKET, Kind.PERSON))
PEOPLE = Group("@", (Kind.PERSON,))
GROUPS = (MACROS, ACTIONS, TICKETS, PEOPLE)
BY_SIGN = {group.sign: group for group in GROUPS}


@dataclass(frozen=True, slots=True)
class Listed:
    """What the palette shows for a text."""

    entries: tuple[Entry, ...] = ()
    exact: bool = True
    """The first entry fits without a forgiven typo, and is of the kinds that were searched."""
    note: str = ""
    """Why there is nothing, or less than expected."""


def fitting(entries: Sequence[Entry], text: str) -> list[tuple[Entry, Fit]]:
    """Return the entries that fit a text, the best first, each with how well it fits.

    Typos are forgiven only where nothing fits without. Of equally good entries, what can be done now comes first;
    without a text, that alone decides.
    """
    wanted = split(text)
    if text.strip() and not wanted:
        return []
    fits = [(entry, how) for entry in entries if (how := fit(entry.words, wanted)) is not None]
    fits.sort(key=lambda pair: (pair[1].cost, not pair[0].possible))
    return best_of(fits)[: MOST if wanted else None]


def best_of(fits: list[tuple[Entry, Fit]]) -> list[tuple[Entry, Fit]]:
    """Return those that fit without a typo, all where none does."""
    return [pair for pair in fits if pair[1].exact] or fits
