"""The answered tickets nearest to a message, by BM25 (Robertson and Zaragoza, 2009)."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from operator import itemgetter

import msgspec

MAX_TERMS = 24
MAX_LOOKED_AT = 5000
"""Entries looked at for one message, those of its rarest terms first: what keeps a big history as fast as a small."""
_K1 = 1.2
_B = 0.75


class NearestState(msgspec.Struct, array_like=True):
    """An inverted index, as a file can keep it."""

    postings: dict[str, dict[int, float]]
    lengths: dict[int, int]
    terms: int
    """The number of terms in all texts."""


class Nearest:
    """An inverted index in memory. A text's length is weighed against the average of its day."""

    def __init__(self) -> None:
        self._postings: dict[str, dict[int, float]] = {}
        self._lengths: dict[int, int] = {}
        self._all = 0

    @property
    def state(self) -> NearestState:
        """All that it holds."""
        return NearestState(self._postings, self._lengths, self._all)

    @state.setter
    def state(self, state: NearestState) -> None:
        self._postings, self._lengths, self._all = state.postings, state.lengths, state.terms

    def add(self, key: int, terms: Counter[str]) -> None:
        """Take a text in under a number of its own."""
        length = self._lengths[key] = terms.total()
        self._all += length
        damping = _K1 * (1 - _B + _B * length * len(self._lengths) / max(1, self._all))
        for term, times in terms.items():
            self._postings.setdefault(term, {})[key] = times * (_K1 + 1) / (times + damping)

    def remove(self, key: int, terms: Counter[str]) -> None:
        """Drop the text that was added under this number with these terms."""
        self._all -= self._lengths.pop(key)
        for term in terms:
            del self._postings[term][key]
            if not self._postings[term]:
                del self._postings[term]

    def ideal(self, terms: Counter[str]) -> float:
        """Return about the score of a text with just these terms, those never seen included."""
        return sum(self._rarity(len(self._postings.get(term, ()))) for term in terms)

    def find(self, terms: Counter[str], most: int) -> list[tuple[int, float]]:
        """Return the numbers and scores of the `most` nearest texts, nearest first."""
        postings = sorted((self._postings[term] for term in terms if term in self._postings), key=len)
        scores: dict[int, float] = defaultdict(float)
        looked_at = 0
        for posting in postings[:MAX_TERMS]:
            looked_at += len(posting)
            if scores and looked_at > MAX_LOOKED_AT:
                break
            rarity = self._rarity(len(posting))
            for key, weight in posting.items():
                scores[key] += rarity * weight
        return heapq.nlargest(most, scores.items(), key=itemgetter(1))

    def _rarity(self, having: int) -> float:
        return math.log(1 + (len(self._lengths) - having + 0.5) / (having + 0.5))
