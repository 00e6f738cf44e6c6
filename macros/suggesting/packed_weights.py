"""Weights by feature and macro as a file keeps them: small, and each name and number once when they are read again.

Decoded as they are, a hundred thousand weights are as many objects, and most of their numbers are the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from itertools import chain, islice

import msgspec

Weights = dict[str, dict[str, float]]
"""By feature and macro."""


class PackedWeights(msgspec.Struct, array_like=True):
    """Weights in rows, one a feature; numbers are in the byte order of the machine."""

    features: list[str]
    macros: list[str]
    numbers: bytes
    """Each number once, in eight bytes."""
    sizes: bytes
    """How many weights each feature has, in four bytes."""
    macro_places: bytes
    """Of each weight, the place of its macro, in four bytes."""
    number_places: bytes
    """Of each weight, the place of its number, in four bytes."""


def pack(weights: Mapping[str, Mapping[str, float]]) -> PackedWeights:
    """Return weights as a file keeps them."""
    macros = {macro: place for place, macro in enumerate(dict.fromkeys(chain.from_iterable(weights.values())))}
    every = [weight for held in weights.values() for weight in held.values()]
    numbers = {number: place for place, number in enumerate(dict.fromkeys(every))}
    return PackedWeights(
        list(weights),
        list(macros),
        array("d", numbers).tobytes(),
        array("I", map(len, weights.values())).tobytes(),
        array("I", (macros[macro] for held in weights.values() for macro in held)).tobytes(),
        array("I", (numbers[number] for number in every)).tobytes(),
    )


def unpack(packed: PackedWeights, names: dict[str, str]) -> Weights:
    """Return the weights; `names` holds each name once, for all weights that are unpacked with it.

    Raises ValueError or IndexError if the parts do not belong together.
    """
    macros = [names.setdefault(macro, macro) for macro in packed.macros]
    numbers = array("d", packed.numbers).tolist()
    every = zip(
        map(macros.__getitem__, array("I", packed.macro_places)),
        map(numbers.__getitem__, array("I", packed.number_places)),
        strict=True,
    )
    rows = zip(packed.features, array("I", packed.sizes), strict=True)
    return {names.setdefault(feature, feature): dict(islice(every, size)) for feature, size in rows}
