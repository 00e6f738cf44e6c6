"""How close a message is to what each macro answered before: the cosine to the macro's centroid of features."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sized

import msgspec

from macros.suggesting.packed_weights import PackedWeights, pack, unpack

_NOTHING = 1e-9
"""Below this a weight is what rounding left of a subtraction."""


class ClosenessState(msgspec.Struct, array_like=True):
    """Centroids of macros, as a file can keep them."""

    weights: PackedWeights
    norms: dict[str, float]


class Closeness:
    """Keeps one centroid a macro; a feature counts the more, the fewer macros have it."""

    def __init__(self) -> None:
        self._weights: dict[str, dict[str, float]] = {}
        """By feature and macro."""
        self._features: dict[str, dict[str, float]] = {}
        """The same by macro and feature."""
        self._norms: dict[str, float] = {}

    @property
    def state(self) -> ClosenessState:
        """All that it holds."""
        return ClosenessState(pack(self._weights), self._norms)

    def restore(self, state: ClosenessState, names: dict[str, str]) -> None:
        """Hold what a file kept; `names` as for `unpack`."""
        self._weights, self._norms = unpack(state.weights, names), state.norms
        self._features = {}
        for feature, held in self._weights.items():
            for macro, weight in held.items():
                self._features.setdefault(macro, {})[feature] = weight

    def weigh(self, macro: str, counted: Mapping[str, float], sign: int) -> None:
        """Add (`sign` 1) or take away (-1) a text's features."""
        size = math.sqrt(sum(weight * weight for weight in counted.values())) or 1.0
        own = self._features.setdefault(macro, {})
        for feature, counts in counted.items():
            weight = own.get(feature, 0.0) + sign * counts / size
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

    def cosines(self, counted: Mapping[str, float]) -> dict[str, float]:
        """Return for each macro that shares a feature how close it is, 0 to 1."""
        dots: dict[str, float] = defaultdict(float)
        size = 0.0
        for feature, counts in counted.items():
            holders = self._weights.get(feature)
            if holders:
                rarity = self._rarity(holders)
                weight = counts * rarity
                size += weight * weight
                weight *= rarity
                for macro, held in holders.items():
                    dots[macro] += weight * held
        scale = math.sqrt(size) or 1.0
        return {macro: dot / (scale * self._norm(macro)) for macro, dot in dots.items()}

    def holders(self, feature: str) -> Collection[str]:
        """Return the macros whose texts have a feature."""
        return self._weights.get(feature, {})

    def rarity(self, macros: int) -> float:
        """Return the weight of a feature that this many macros have."""
        return math.log((1 + len(self._features)) / (1 + macros)) + 1

    def _rarity(self, holders: Sized) -> float:
        return self.rarity(len(holders))

    def _norm(self, macro: str) -> float:
        # A norm is made again only when its own macro learned something: the others move too little to matter.
        if macro not in self._norms:
            held = self._features[macro].items()
            # the same in whichever order they were learned or read from a file
            total = math.fsum((weight * self._rarity(self._weights[feature])) ** 2 for feature, weight in held)
            self._norms[macro] = math.sqrt(total) or 1.0
        return self._norms[macro]
