"""The answered tickets nearest to a message, by BM25 (Robertson and Zaragoza, 2009)."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from operator import itemgetter

MAX_TERMS = 24
MAX_LOOKED_AT = 5000
"""Entries looked at for one message, those of its rarest terms first: what keeps a big history as fast as a small."""
_K1 = 1.2
_B = 0.75


class Nearest:
    """An inverted index in memory. A text's length is weighed against the average of its day."""

    def __init__(self) -> None:
        self._postings: dict[str, dict[int, float]] = {}
        self._lengths: dict[int, int] = {}
        self._all = 0

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

    def find(self, terms: Counter[str], most: int) -> list[tuple[int, float]]:
        """Return the numbers and scores of the `most` nearest texts, nearest first."""
        postings = sorted((self._postings[term] for term in terms if term in self._postings), key=len)
        scores: dict[int, float] = defaultdict(float)
        count, looked_at = len(self._lengths), 0
        for posting in postings[:MAX_TERMS]:
            looked_at += len(posting)
            if scores and looked_at > MAX_LOOKED_AT:
                break
            rarity = math.log(1 + (count - len(posting) + 0.5) / (len(posting) + 0.5))
            for key, weight in posting.items():
                scores[key] += rarity * weight
        return heapq.nlargest(most, scores.items(), key=itemgetter(1))
