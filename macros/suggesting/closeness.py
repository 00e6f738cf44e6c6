"""How close a message is to what each macro answered before: the cosine to the macro's centroid of features."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Set

import msgspec

from macros.suggesting.packed_weights import PackedWeights, Weights

_NOTHING = 1e-9
"""Below this a weight is what rounding left of a subtraction."""


class ClosenessState(msgspec.Struct, array_like=True):
    """Centroids of macros, as a file can keep them."""

    weights: PackedWeights[str]
    sizes: dict[str, int]
    norms: dict[str, float]


class Closeness:
    """Keeps one centroid a macro; a feature counts the more, the fewer macros have it."""

    def __init__(self) -> None:
        self._weights: Weights[str] = Weights()
        """By feature and macro."""
        self._sizes: dict[str, int] = {}
        """How many features each macro has."""
        self._norms: dict[str, float] = {}

    @property
    def state(self) -> ClosenessState:
        """All that it holds."""
        return ClosenessState(self._weights.packed(), self._sizes, self._norms)

    @state.setter
    def state(self, state: ClosenessState) -> None:
        self._weights, self._sizes, self._norms = Weights(state.weights), state.sizes, state.norms

    def weigh(self, macro: str, counted: Mapping[str, float], sign: int) -> None:
        """Add (`sign` 1) or take away (-1) a text's features."""
        size = math.sqrt(sum(weight * weight for weight in counted.values())) or 1.0
        features = self._sizes.pop(macro, 0)
        for feature, counts in counted.items():
            holders = self._weights.own_row(feature)
            features -= macro in holders
            weight = holders.pop(macro, 0.0) + sign * counts / size
            if weight > _NOTHING:
                holders[macro] = weight
                features += 1
            elif not holders:
                self._weights.drop(feature)
        if features:
            self._sizes[macro] = features
        self._norms.pop(macro, None)

    def cosines(self, counted: Mapping[str, float]) -> dict[str, float]:
        """Return for each macro that shares a feature how close it is, 0 to 1."""
        dots: dict[str, float] = defaultdict(float)
        size = 0.0
        for feature, counts in counted.items():
            holders = self._weights.row(feature)
            if holders:
                rarity = self.rarity(len(holders))
                weight = counts * rarity
                size += weight * weight
                weight *= rarity
                for macro, held in holders.items():
                    dots[macro] += weight * held
        scale = math.sqrt(size) or 1.0
        self._measure(dots.keys() - self._norms.keys())
        return {macro: dot / (scale * self._norms[macro]) for macro, dot in dots.items()}

    def holders(self, feature: str) -> Collection[str]:
        """Return the macros whose texts have a feature."""
        return self._weights.row(feature)

    def rarity(self, macros: int) -> float:
        """Return the weight of a feature that this many macros have."""
        return math.log((1 + len(self._sizes)) / (1 + macros)) + 1

    def _measure(self, macros: Set[str]) -> None:
        # A norm is made again only when its own macro learned something: the others move too little to matter.
        if not macros:
            return
        squares: dict[str, list[float]] = {macro: [] for macro in macros}
        for macro, weight, holders in self._weights.columns(macros):
            squares[macro].append((weight * self.rarity(holders)) ** 2)
        # the same in whichever order they were learned or read from a file
        self._norms |= {macro: math.sqrt(math.fsum(of)) or 1.0 for macro, of in squares.items()}
