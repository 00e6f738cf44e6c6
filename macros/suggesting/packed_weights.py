"""Weights by feature and column, as a file keeps them; they are read where they are, in the bytes of the file.

As Python's own objects a hundred thousand weights take twenty megabytes, for as long as the desk is open. Only rows
that change become objects.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Set
from itertools import accumulate, chain
from typing import Generic, TypeVar
from zlib import crc32

import msgspec

Column = TypeVar("Column", str, int)
"""What a weight is for besides its feature: a macro's name, or the number of an answer."""


class PackedWeights(msgspec.Struct, Generic[Column], array_like=True):
    """Weights in rows, one a feature; numbers are in the byte order of the machine, places in four bytes."""

    columns: list[Column]
    features: memoryview
    """The features one after the other."""
    feature_ends: memoryview
    """0, and where each of them ends."""
    slots: memoryview
    """The place of a feature and one, from the slot of its checksum on in the next free one; 0 is a free slot."""
    numbers: memoryview
    """Each number once, in eight bytes."""
    row_ends: memoryview
    """0, and where the weights of each feature end."""
    column_places: memoryview
    """Of each weight, the place of its column."""
    number_places: memoryview
    """Of each weight, the place of its number."""
    by_column: memoryview
    """The places of the weights of the first column, of the second and so on."""
    column_ends: memoryview
    """0, and where those of each column end."""


def pack(weights: Mapping[str, Mapping[Column, float]]) -> PackedWeights[Column]:
    """Return weights as a file keeps them."""
    columns = {column: place for place, column in enumerate(dict.fromkeys(chain.from_iterable(weights.values())))}
    every = [(columns[column], weight) for row in weights.values() for column, weight in row.items()]
    numbers = {number: place for place, number in enumerate(dict.fromkeys(weight for _, weight in every))}
    features = [feature.encode() for feature in weights]
    by_column: list[list[int]] = [[] for _ in columns]
    for place, (column, _) in enumerate(every):
        by_column[column].append(place)
    return PackedWeights(
        list(columns),
        memoryview(b"".join(features)),
        _places(accumulate(map(len, features), initial=0)),
        _places(_slots(features)),
        memoryview(array("d", numbers).tobytes()),
        _places(accumulate(map(len, weights.values()), initial=0)),
        _places(column for column, _ in every),
        _places(numbers[weight] for _, weight in every),
        _places(chain.from_iterable(by_column)),
        _places(accumulate(map(len, by_column), initial=0)),
    )


def _places(places: Iterator[int] | array[int]) -> memoryview:
    return memoryview(array("I", places).tobytes())


def _slots(features: list[bytes]) -> array[int]:
    """Return a table with at least as many free slots as taken ones."""
    size = 1 << (2 * len(features)).bit_length()
    slots = array("I", bytes(4 * size))
    for place, feature in enumerate(features, 1):
        slot = crc32(feature) % size
        while slots[slot]:
            slot = (slot + 1) % size
        slots[slot] = place
    return slots


class FixedWeights(Generic[Column]):
    """Packed weights, to be read in place."""

    def __init__(self, packed: PackedWeights[Column]) -> None:
        """Raises ValueError or TypeError if the parts do not belong together."""
        self._columns: list[Column] = packed.columns
        self._features = packed.features
        self._feature_ends, self._slots = packed.feature_ends.cast("I"), packed.slots.cast("I")
        self._numbers, self._row_ends = packed.numbers.cast("d"), packed.row_ends.cast("I")
        self._column_places, self._number_places = packed.column_places.cast("I"), packed.number_places.cast("I")
        self._by_column, self._column_ends = packed.by_column.cast("I"), packed.column_ends.cast("I")
        self._places: dict[Column, int] = {column: place for place, column in enumerate(self._columns)}
        weights = {len(self._column_places), len(self._number_places), len(self._by_column)}
        if len(weights) > 1 or len(self._feature_ends) != len(self._row_ends):
            raise ValueError("packed weights of different sizes")

    def __len__(self) -> int:
        return len(self._feature_ends) - 1

    def place(self, feature: str) -> int:
        """Return the place of a feature's row; -1 without one."""
        name, slots, ends = feature.encode("utf-8", "replace"), self._slots, self._feature_ends
        slot = crc32(name) % len(slots)
        while place := slots[slot]:
            if self._features[ends[place - 1] : ends[place]] == name:
                return int(place) - 1
            slot = (slot + 1) % len(slots)
        return -1

    def feature(self, place: int) -> str:
        """Return the feature whose row is at a place."""
        return str(self._features[self._feature_ends[place] : self._feature_ends[place + 1]], "utf-8")

    def size(self, place: int) -> int:
        """Return how many weights a row has."""
        return int(self._row_ends[place + 1] - self._row_ends[place])

    def row(self, place: int) -> dict[Column, float]:
        """Return the weights of a row."""
        columns, numbers, of = self._columns, self._numbers, slice(self._row_ends[place], self._row_ends[place + 1])
        places = zip(self._column_places[of].tolist(), self._number_places[of].tolist(), strict=True)
        return {columns[column]: numbers[number] for column, number in places}

    def column(self, column: Column) -> Iterator[tuple[int, float]]:
        """Yield the place of each row that has a weight in a column, and the weight."""
        at = self._places.get(column)
        if at is None:
            return
        for weight in self._by_column[self._column_ends[at] : self._column_ends[at + 1]]:
            yield bisect_right(self._row_ends, weight) - 1, self._numbers[self._number_places[weight]]


class Weights(Generic[Column]):
    """Weights by feature and column: rows of a file until they change, and from then on the rows held here."""

    def __init__(self, packed: PackedWeights[Column] | None = None) -> None:
        """Raises ValueError or TypeError if the parts of the file do not belong together."""
        self._fixed: FixedWeights[Column] | None = FixedWeights(packed) if packed is not None else None
        self._rows: dict[str, dict[Column, float]] = {}
        self._taken: set[int] = set()
        """The places of rows of the file that are not valid any more."""

    def __iter__(self) -> Iterator[str]:
        fixed = self._fixed
        if fixed is not None:
            yield from (fixed.feature(place) for place in range(len(fixed)) if place not in self._taken)
        yield from self._rows

    def packed(self) -> PackedWeights[Column]:
        """Return all weights as a file keeps them."""
        return pack({feature: self.row(feature) for feature in self})

    def size(self, feature: str) -> int:
        """Return how many weights a feature has."""
        held = self._rows.get(feature)
        if held is not None:
            return len(held)
        place = self._place(feature)
        return self._fixed.size(place) if self._fixed is not None and place >= 0 else 0

    def row(self, feature: str) -> Mapping[Column, float]:
        """Return the weights of a feature, to be read only; empty without any."""
        held = self._rows.get(feature)
        if held is not None:
            return held
        place = self._place(feature)
        return self._fixed.row(place) if self._fixed is not None and place >= 0 else {}

    def own_row(self, feature: str) -> dict[Column, float]:
        """Return the weights of a feature, to be changed; a new row without any."""
        held = self._rows.get(feature)
        if held is None:
            place = self._place(feature)
            if self._fixed is not None and place >= 0:
                held = self._fixed.row(place)
                self._taken.add(place)
            else:
                held = {}
            self._rows[feature] = held
        return held

    def drop(self, feature: str) -> None:
        """Remove a feature with its weights."""
        self.own_row(feature)
        del self._rows[feature]

    def columns(self, columns: Set[Column]) -> Iterator[tuple[Column, float, int]]:
        """Yield each weight of these columns: its column, the weight, and how many weights its feature has."""
        if self._fixed is not None:
            for column in columns:
                for place, weight in self._fixed.column(column):
                    if place not in self._taken:
                        yield column, weight, self._fixed.size(place)
        for row in self._rows.values():
            for column in columns & row.keys():
                yield column, row[column], len(row)

    def _place(self, feature: str) -> int:
        """Return the place of a feature's row in the file; -1 without one that is still valid."""
        place = self._fixed.place(feature) if self._fixed is not None else -1
        return -1 if place in self._taken else place
