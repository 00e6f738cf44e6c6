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


def spots(words: list[str], sets: Phrases) -> Spots:
    """Look up every word of a text in the sets."""
    places: dict[str, list[tuple[int, int]]] = {}
    for place in range(len(words)):
        for name, length in sets.at(words, place):
            places.setdefault(name, []).append((place, place + length))
    return Spots(words, places)


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
        places = set(range(len(text.words)))
        slack = 0
        for part in self.parts:
            if part == GAP:
                slack = _WIDEST
                continue
            reached = {place + step for place in places for step in range(slack + 1)}
            places, slack = {end for start, end in self._ends(part, text) if start in reached}, 0
            if not places:
                return False
        return True

    def _ends(self, part: str, text: Spots) -> list[tuple[int, int]]:
        if part.startswith("<"):
            return text.sets.get(part.strip("<>"), [])
        stem = part[:-1] if part.endswith("*") else ""
        return [(at, at + 1) for at, word in enumerate(text.words) if word == part or (stem and word.startswith(stem))]
