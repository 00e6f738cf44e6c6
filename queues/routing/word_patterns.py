"""Phrases of routing rules with sets and gaps: `<child> is <young-age>`, `threat* .. <home>`."""

from __future__ import annotations

from dataclasses import dataclass

from queues.ground.folded_text import fold
from queues.routing.word_sets import Phrases

GAP = ".."
_WIDEST = 4
"""How many words a gap may take."""


@dataclass(frozen=True, slots=True)
class Spots:
    """The words of a text, and which sets begin at each of them."""

    words: list[str]
    sets: dict[str, list[tuple[int, int]]]
    """By name: where a phrase of the set begins, and where the words after it do."""
    places: dict[str, list[tuple[int, int]]]
    """By part of a pattern, the same, for every word and for the parts that were looked for."""

    def of(self, part: str) -> list[tuple[int, int]]:
        """Return where a part of a pattern begins and where the words after it do."""
        if part.startswith("<"):
            return self.sets.get(part.strip("<>"), [])
        if part.endswith("*") and part not in self.places:
            stem = part[:-1]
            words = (word for word in self.places if not word.endswith("*"))
            fitting = [self.places[word] for word in words if stem and word.startswith(stem)]
            self.places[part] = sorted(spot for spots in fitting for spot in spots)
        return self.places.get(part, [])


def spots(words: list[str], sets: Phrases) -> Spots:
    """Look up every word of a text in the sets."""
    sets_at: dict[str, list[tuple[int, int]]] = {}
    words_at: dict[str, list[tuple[int, int]]] = {}
    for place, word in enumerate(words):
        words_at.setdefault(word, []).append((place, place + 1))
    for name, start, end in sets.all_in(words):
        sets_at.setdefault(name, []).append((start, end))
    return Spots(words, sets_at, words_at)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase: words, words that end in `*`, sets in angle brackets, and gaps."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Read a phrase as it stands in a rule."""
        parts: list[str] = []
        for word in text.split():
            if word == GAP or word.startswith("<"):
                parts.append(word)
            else:
                folded = fold(word).split()
                parts += [*folded[:-1], folded[-1] + "*" if word.endswith("*") else folded[-1]] if folded else []
        return cls(tuple(parts))

    @property
    def sets(self) -> set[str]:
        """The names of its sets."""
        return {part.strip("<>") for part in self.parts if part.startswith("<")}

    def matches(self, text: Spots) -> bool:
        """Return whether the phrase is somewhere in the text."""
        places: set[int] | None = None
        slack = 0
        for part in self.parts:
            if part == GAP:
                slack = _WIDEST
                continue
            spots_of = text.of(part)
            if places is not None:
                reached = {place + step for place in places for step in range(slack + 1)}
                spots_of = [spot for spot in spots_of if spot[0] in reached]
            if not spots_of:
                return False
            places, slack = {end for _, end in spots_of}, 0
        return True
