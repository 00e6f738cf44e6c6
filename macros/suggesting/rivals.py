"""Tells macros apart that answer similar messages: logistic regression, learned one answered ticket at a time.

Each answer keeps its own share of the weights (the dual form), so that forgetting it takes exactly its share away.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

import msgspec

from macros.suggesting.packed_weights import PackedWeights, Weights

RATE = 2.0
"""How far one look at an answer moves the weights."""
SLIGHT = 0.02
"""A macro less probable than this for a message is not a rival there."""
_NOTHING = 1e-9

Features = Mapping[str, float]


class RivalsState(msgspec.Struct, array_like=True):
    """Weights, as a file can keep them."""

    weights: PackedWeights[str]
    shares: dict[int, dict[str, float]]
    """By the number of an answer and macro."""
    macros: dict[str, int]
    """How many answers each macro has."""


class Rivals:
    """Weights by feature and macro. Features come with a length of 1."""

    def __init__(self) -> None:
        self._weights: Weights[str] = Weights()
        self._shares: dict[int, dict[str, float]] = {}
        self._macros: dict[str, int] = {}

    @property
    def state(self) -> RivalsState:
        """All that it holds."""
        return RivalsState(self._weights.packed(), self._shares, self._macros)

    @state.setter
    def state(self, state: RivalsState) -> None:
        self._weights, self._shares, self._macros = Weights(state.weights), state.shares, state.macros

    def add(self, key: int, macro: str, features: Features) -> None:
        """Learn an answer under a number of its own."""
        self._macros[macro] = self._macros.get(macro, 0) + 1
        self._shares[key] = {}
        self.look_again(key, macro, features)

    def look_again(self, key: int, macro: str, features: Features) -> None:
        """Correct the weights by what is still mistaken about an answer that was added."""
        results = self.scores(features)
        odds = {rival: math.exp(min(score, 50.0)) for rival, score in results.items()}
        total = sum(odds.values()) + len(self._macros) - len(odds)
        moves = {item: -RATE * odd / total for item, odd in odds.items() if odd > SLIGHT * total and item != macro}
        moves[macro] = RATE * (1 - odds.get(macro, 1.0) / total)
        if moves[macro] > RATE * SLIGHT:
            self._move(moves, features)
            share = self._shares[key]
            for move, step in moves.items():
                share[move] = share.get(move, 0.0) + step

    def remove(self, key: int, macro: str, features: Features) -> None:
        """Forget an answer."""
        self._move({share: -step for share, step in self._shares.pop(key).items()}, features)
        self._tidy(features)
        self._macros[macro] -= 1
        if not self._macros[macro]:
            del self._macros[macro]

    def share(self, key: int) -> Mapping[str, float]:
        """Return an answer's own share of the weights."""
        return dict(self._shares[key])

    def replace(self, key: int, share: Mapping[str, float], features: Features) -> None:
        """Give an answer that was added again the share that it had before."""
        self._move({macro: -step for macro, step in self._shares[key].items()}, features)
        self._move(share, features)
        self._shares[key] = dict(share)

    def scores(self, features: Features) -> dict[str, float]:
        """Return log odds for each macro that shares a feature; the others have 0."""
        scores: dict[str, float] = defaultdict(float)
        for feature, value in features.items():
            for macro, weight in self._weights.row(feature).items():
                scores[macro] += value * weight
        return scores

    def _tidy(self, features: Features) -> None:
        """Drop what rounding left of a subtraction."""
        for feature in features:
            held = self._weights.own_row(feature)
            for macro in [macro for macro, weight in held.items() if abs(weight) <= _NOTHING]:
                del held[macro]
            if not held:
                self._weights.drop(feature)

    def _move(self, moves: Mapping[str, float], features: Features) -> None:
        for feature, value in features.items():
            held = self._weights.own_row(feature)
            for macro, step in moves.items():
                held[macro] = held.get(macro, 0.0) + step * value
