"""What the words of a message say for a macro beyond its rank: the measures that decide whether it fits at all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from macros.suggesting.features import WORD_MARK, content_words


class Evidence(NamedTuple):
    """Measures of one macro for one message, each without a unit; the logistic regression weighs them."""

    closeness: float
    """Cosine to the macro's own words, 0 to 1."""
    odds: float
    """Logarithm of its share among all macros, by words alone."""
    margin: float
    """How far that is above the best other macro; below it where another one is better."""
    nearness: float
    """How near the nearest text is, as a share of the nearness of the message to itself."""
    known: float
    """Share of the message's content words, the rare ones weighing more, that were seen before."""
    shared: float
    """The same share of those that the macro's own texts have."""
    overlap: float
    """The largest such share in a single text of the macro among the nearest."""
    rival: float
    """Its probability by the view that separates close rivals."""
    close: float
    """Its probability by closeness alone."""
    agreeing: float
    """How many of the three views have it first."""
    length: float
    """Logarithm of the number of content words."""
    sense: float = 0.0
    """Cosine to its nearest text by meaning; 0 without the extra that knows meanings."""
    sense_share: float = 0.0
    """Its share of the texts nearest by meaning."""


class Views(NamedTuple):
    """What each view says of all macros, as probabilities."""

    odds: Mapping[str, float]
    close: Mapping[str, float]
    rivals: Mapping[str, float]
    votes: Mapping[str, float]


class Wording:
    """The content words of a message, and how many of them are known."""

    def __init__(self, tokens: list[str], holders: Callable[[str], Collection[str]], rarity: Callable[[int], float]):
        self._words = content_words(tokens)
        self._holders = {word: holders(WORD_MARK + word) for word in self._words}
        self._rarities = {word: rarity(len(held)) for word, held in self._holders.items()}
        self._all = sum(self._rarities.values()) or 1.0
        self.known = self._share(word for word, held in self._holders.items() if held)
        self.length = math.log(1 + len(self._words))

    def shared(self, macro: str) -> float:
        """Return the share of words that a macro's texts have."""
        return self._share(word for word, held in self._holders.items() if macro in held)

    def overlap(self, text: Counter[str]) -> float:
        """Return the share of words that one text has, given as its terms."""
        return self._share(word for word in self._words if word in text)

    def _share(self, words: Iterable[str]) -> float:
        return sum(self._rarities[word] for word in words) / self._all


def margins(odds: Mapping[str, float]) -> dict[str, float]:
    """Return for each macro how far the logarithm of its share is above that of the best other one."""
    best: Sequence[str] = sorted(odds, key=lambda macro: -odds[macro])[:2]
    logs = {macro: math.log(share + 1e-6) for macro, share in odds.items()}
    first = logs[best[0]] if best else 0.0
    second = logs[best[1]] if len(best) > 1 else math.log(1e-6)
    return {macro: log - (second if macro == best[0] else first) for macro, log in logs.items()}
