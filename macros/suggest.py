"""Which macros answer this message: a vote of the nearest answered tickets, and closeness to each macro's own words.

Standard library only and all in memory; what it knows is rebuilt from the store, so there is no model file to go stale.
The vote is BM25 (Robertson and Zaragoza, 2009) over cut words; closeness is the cosine to a tf-idf centroid a macro.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sized
from dataclasses import dataclass
from operator import itemgetter

from macros.features import pieces, stems, words
from macros.macro import Macro

NEIGHBOURS = 30
MAX_TERMS = 24
CENTROID_WEIGHT = 2.5
MAX_BECAUSE = 120
"""Characters of a ticket's text given as the reason."""
_K1 = 1.2
_B = 0.75
_NOTHING = 1e-9
"""Below this a weight is what rounding left of a subtraction."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A macro that may answer, best first in a list."""

    macro: str
    score: float
    """Between 0 and 1, comparable within one list only."""
    closeness: float
    """Cosine to the macro's own words, 0 to 1: low for every macro when the message is about something else."""
    because: str
    """The nearest ticket's words that speak for it; empty where none does."""


@dataclass(frozen=True, slots=True)
class _Learned:
    macro: str
    text: str
    stems: Counter[str]
    title: bool


class Suggester:
    """Learns which macro answered which message, and ranks macros for a new one. One thread at a time."""

    def __init__(self) -> None:
        self._learned: dict[int, _Learned] = {}
        self._next = 0
        self._postings: dict[str, dict[int, int]] = {}
        self._lengths: dict[int, int] = {}
        self._words_in_all = 0
        self._weights: dict[str, dict[str, float]] = {}
        self._features: dict[str, dict[str, float]] = {}
        self._norms: dict[str, float] = {}
        self._uses: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._learned)

    def know(self, macros: Iterable[Macro]) -> None:
        """Take in the macros' own titles and texts: something to go by before any ticket is answered."""
        for macro in macros:
            for _, title in macro.title.by_language:
                self._add(macro.name, title, title=True)
            for body in macro.bodies:
                self._add(macro.name, _plain(body.text), title=True)

    def know_name(self, macro: str) -> None:
        """Take in a macro of which only the name is known."""
        self._add(macro, re.sub(r"[\W_]+", " ", macro), title=True)

    def learn(self, text: str, macro: str) -> None:
        """Remember that `macro` answered a message of this text (its new part, without quotes and signature)."""
        self._add(macro, text, title=False)
        self._uses[macro] += 1

    def unlearn(self, text: str, macro: str) -> bool:
        """Forget one such answer, as when it was undone or the customer erased; tell whether it was known."""
        for key in reversed(self._learned):
            known = self._learned[key]
            if known.macro == macro and known.text == text and not known.title:
                self._remove(key, known)
                self._uses[macro] -= 1
                self._uses += Counter()  # drops the macros that nothing speaks for any more
                return True
        return False

    def suggest(self, text: str, top: int = 3, among: Container[str] | None = None) -> list[Suggestion]:
        """Return the `top` macros for a message, best first; with nothing to go by, the most used ones.

        `among` admits only these macros, such as those with a body in the ticket's language.
        """
        found = words(text)
        votes, because = self._votes(found)
        closeness = self._closeness(pieces(found))
        most_vote, most_close = max(votes.values(), default=1.0), max(closeness.values(), default=1.0)
        scores = {
            macro: (votes.get(macro, 0.0) / most_vote + CENTROID_WEIGHT * (close / most_close) ** 2)
            / (1 + CENTROID_WEIGHT)
            for macro, close in closeness.items()
        }
        for macro in self._uses:
            scores.setdefault(macro, 0.0)
        admitted = [macro for macro in scores if among is None or macro in among]
        admitted.sort(key=lambda macro: (-scores[macro], -self._uses[macro], macro))
        return [
            Suggestion(macro, scores[macro], closeness.get(macro, 0.0), because.get(macro, ""))
            for macro in admitted[:top]
        ]

    def _votes(self, found: list[str]) -> tuple[dict[str, float], dict[str, str]]:
        # The rarest words of a long message tell most; the others would only cost time.
        asked = sorted(
            (stem for stem in set(stems(found)) if stem in self._postings), key=lambda stem: len(self._postings[stem])
        )[:MAX_TERMS]
        count, average = len(self._learned), self._words_in_all / max(1, len(self._learned))
        scores: dict[int, float] = defaultdict(float)
        for stem in asked:
            posting = self._postings[stem]
            rarity = math.log(1 + (count - len(posting) + 0.5) / (len(posting) + 0.5))
            for key, times in posting.items():
                scores[key] += rarity * times * (_K1 + 1) / (times + self._damping(key, average))
        votes: dict[str, float] = defaultdict(float)
        because: dict[str, str] = {}
        for key, score in heapq.nlargest(NEIGHBOURS, scores.items(), key=itemgetter(1)):
            known = self._learned[key]
            votes[known.macro] += score * score
            if not known.title:
                because.setdefault(known.macro, known.text[:MAX_BECAUSE])
        return votes, because

    def _damping(self, key: int, average: float) -> float:
        return _K1 * (1 - _B + _B * self._lengths[key] / average)

    def _closeness(self, counted: Counter[str]) -> dict[str, float]:
        dots: dict[str, float] = defaultdict(float)
        size = 0.0
        for feature, times in counted.items():
            holders = self._weights.get(feature)
            if holders:
                rarity = self._rarity(holders)
                weight = (1 + math.log(times)) * rarity
                size += weight * weight
                for macro, held in holders.items():
                    dots[macro] += weight * rarity * held
        scale = math.sqrt(size) or 1.0
        return {macro: dot / (scale * self._norm(macro)) for macro, dot in dots.items()}

    def _rarity(self, holders: Sized) -> float:
        return math.log((1 + len(self._features)) / (1 + len(holders))) + 1

    def _norm(self, macro: str) -> float:
        # A norm is made again only when its own macro learned something: the others move too little to matter.
        if macro not in self._norms:
            held = self._features[macro].items()
            total = sum((weight * self._rarity(self._weights[feature])) ** 2 for feature, weight in held)
            self._norms[macro] = math.sqrt(total) or 1.0
        return self._norms[macro]

    def _add(self, macro: str, text: str, *, title: bool) -> None:
        found = words(text)
        known = _Learned(macro, text, Counter(stems(found)), title)
        key, self._next = self._next, self._next + 1
        self._learned[key] = known
        self._lengths[key] = known.stems.total()
        self._words_in_all += self._lengths[key]
        for stem, times in known.stems.items():
            self._postings.setdefault(stem, {})[key] = times
        self._weigh(macro, found, 1)

    def _remove(self, key: int, known: _Learned) -> None:
        del self._learned[key]
        self._words_in_all -= self._lengths.pop(key)
        for stem in known.stems:
            del self._postings[stem][key]
            if not self._postings[stem]:
                del self._postings[stem]
        self._weigh(known.macro, words(known.text), -1)

    def _weigh(self, macro: str, found: list[str], sign: int) -> None:
        counted = pieces(found)
        size = math.sqrt(sum((1 + math.log(times)) ** 2 for times in counted.values())) or 1.0
        own = self._features.setdefault(macro, {})
        for feature, times in counted.items():
            weight = own.get(feature, 0.0) + sign * (1 + math.log(times)) / size
            if weight > _NOTHING:
                own[feature] = self._weights.setdefault(feature, {})[macro] = weight
            else:
                own.pop(feature, None)
                holders = self._weights.get(feature, {})
                holders.pop(macro, None)
                if not holders:
                    self._weights.pop(feature, None)
        if not own:
            del self._features[macro]
        self._norms.pop(macro, None)


def _plain(template: str) -> str:
    return re.sub(r"\{[{%#][^\n]*?[}%#]\}", " ", template)
