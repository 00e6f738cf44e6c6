"""How well a few typed letters fit a text: accents and case do not matter, words in any order, typos forgiven."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.search.search_words import folded

BEGINS, INSIDE, TYPO = 0, 2, 4
"""What a typed word costs that begins a word of the text, is inside one, or nearly begins one."""
ASIDE = 1
"""What it costs more where the word is not of the title."""
FORGIVING = 4
"""Letters from which on a typo is forgiven; from twice as many, two."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Searchable:
    """The folded words of an entry."""

    title: tuple[str, ...]
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an entry fits; the lower the cost the better."""

    cost: int
    exact: bool
    """No typo was forgiven."""


def searchable(title: str, *more: str) -> Searchable:
    """Return what the letters are compared with."""
    return Searchable(split(title), split(" ".join(more)))


def split(text: str) -> tuple[str, ...]:
    """Return the folded words of a text."""
    return tuple(_WORD.findall(folded(text)))


def fit(entry: Searchable, wanted: Sequence[str]) -> Fit | None:
    """Return how well an entry fits the typed words, None if one of them fits nowhere."""
    costs = [_cost(entry, word) for word in wanted]
    known = [cost for cost in costs if cost is not None]
    return Fit(sum(known), all(cost < TYPO for cost in known)) if len(known) == len(costs) else None


def _cost(entry: Searchable, word: str) -> int | None:
    places = [(entry.title, 0), (entry.more, ASIDE)]
    direct = [away + cost for words, away in places for other in words if (cost := _direct(word, other)) is not None]
    if direct:
        return min(direct)
    most = 0 if len(word) < FORGIVING else 1 if len(word) < 2 * FORGIVING else 2
    near = [
        TYPO + away + distance
        for words, away in places
        for other in words
        if most
        and len(other) >= FORGIVING
        and word[0] in other[:2]
        and (distance := distance_to_beginning(word, other, most)) <= most
    ]
    return min(near, default=None)


def _direct(word: str, other: str) -> int | None:
    if other.startswith(word):
        return BEGINS
    return INSIDE if word in other else None


def distance_to_beginning(word: str, other: str, most: int) -> int:
    """Return how many letters are wrong, missing, added or swapped between `word` and the nearest beginning of `other`.

    This is the optimal string alignment distance; more than `most` may come back as `most + 1`.
    """
    other = other[: len(word) + most]
    if len(other) < len(word) - most:
        return most + 1
    before, row = list[int](), list(range(len(other) + 1))
    for n, letter in enumerate(word, 1):
        earlier, before, row = before, row, [n]
        for k, sign in enumerate(other, 1):
            cost = min(before[k] + 1, row[k - 1] + 1, before[k - 1] + (letter != sign))
            if n > 1 and k > 1 and letter == other[k - 2] and word[n - 2] == sign:
                cost = min(cost, earlier[k - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row)
