"""The answered tickets nearest to a message, by BM25 (Robertson and Zaragoza, 2009)."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from operator import itemgetter

import msgspec

from macros.suggesting.packed_weights import PackedWeights, Weights

MAX_TERMS = 24
MAX_LOOKED_AT = 5000
"""Entries looked at for one message, those of its rarest terms first: what keeps a big history as fast as a small."""
_K1 = 1.2
_B = 0.75


class NearestState(msgspec.Struct, array_like=True):
    """An inverted index, as a file can keep it."""

    postings: PackedWeights[int]
    lengths: dict[int, int]
    terms: int
    """The number of terms in all texts."""


class Nearest:
    """An inverted index in memory. A text's length is weighed against the average of its day."""

    def __init__(self) -> None:
        self._postings: Weights[int] = Weights()
        self._lengths: dict[int, int] = {}
        self._all = 0

    @property
    def state(self) -> NearestState:
        """All that it holds."""
        return NearestState(self._postings.packed(), self._lengths, self._all)

    @state.setter
    def state(self, state: NearestState) -> None:
        self._postings, self._lengths, self._all = Weights(state.postings), state.lengths, state.terms

    def add(self, key: int, terms: Counter[str]) -> None:
        """Take a text in under a number of its own."""
        length = self._lengths[key] = terms.total()
        self._all += length
        damping = _K1 * (1 - _B + _B * length * len(self._lengths) / max(1, self._all))
        for term, times in terms.items():
            self._postings.own_row(term)[key] = times * (_K1 + 1) / (times + damping)

    def remove(self, key: int, terms: Counter[str]) -> None:
        """Drop the text that was added under this number with these terms."""
        self._all -= self._lengths.pop(key)
        for term in terms:
            posting = self._postings.own_row(term)
            del posting[key]
            if not posting:
                self._postings.drop(term)

    def ideal(self, terms: Counter[str]) -> float:
        """Return about the score of a text with just these terms, those never seen included."""
        return sum(self._rarity(self._postings.size(term)) for term in terms)

    def find(self, terms: Counter[str], most: int) -> list[tuple[int, float]]:
        """Return the numbers and scores of the `most` nearest texts, nearest first."""
        sizes = sorted(((term, size) for term in terms if (size := self._postings.size(term))), key=itemgetter(1))
        scores: dict[int, float] = defaultdict(float)
        looked_at = 0
        for term, size in sizes[:MAX_TERMS]:
            looked_at += size
            if scores and looked_at > MAX_LOOKED_AT:
                break
            rarity = self._rarity(size)
            for key, weight in self._postings.row(term).items():
                scores[key] += rarity * weight
        return heapq.nlargest(most, scores.items(), key=itemgetter(1))

    def _rarity(self, having: int) -> float:
        return math.log(1 + (len(self._lengths) - having + 0.5) / (having + 0.5))
