"""Weights of suggestions are the same after they were kept in a file, and are read where they are in its bytes."""

from __future__ import annotations

import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.suggesting.packed_weights import PackedWeights, Weights, pack

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
rows = st.dictionaries(names, st.floats(allow_nan=False), min_size=1, max_size=4)
weights = st.dictionaries(names, rows, max_size=6)

Held = dict[str, dict[str, float]]


def kept(held: Held) -> Weights[str]:
    """Return weights that a file kept."""
    packed: PackedWeights[str] = pack(held)
    return Weights(msgspec.msgpack.decode(memoryview(msgspec.msgpack.encode(packed)), type=PackedWeights[str]))


def rows_of(found: Weights[str]) -> Held:
    return {feature: dict(found.row(feature)) for feature in found}


@given(weights)
def test_weights_come_back_in_their_order(held: Held) -> None:
    again = rows_of(kept(held))
    assert again == held
    assert [*again, *map(list, again.values())] == [*held, *map(list, held.values())]


@given(weights, st.lists(st.tuples(names, rows | st.none()), max_size=6), st.lists(names, max_size=3))
def test_changed_rows_stand_over_those_of_the_file(
    held: Held, changes: list[tuple[str, dict[str, float] | None]], unknown: list[str]
) -> None:
    found, expected = kept(held), {feature: dict(row) for feature, row in held.items()}
    for feature, row in changes:
        if row is None:
            found.drop(feature)
            expected.pop(feature, None)
        else:
            found.own_row(feature).update(row)
            expected.setdefault(feature, {}).update(row)
    assert rows_of(found) == expected
    for feature in {*held, *unknown, *(feature for feature, _ in changes)}:
        assert found.row(feature) == expected.get(feature, {})
        assert found.size(feature) == len(expected.get(feature, {}))
    columns = {column for row in expected.values() for column in row}
    assert sorted(found.columns(columns)) == sorted(
        (column, row[column], len(row)) for row in expected.values() for column in row
    )
    assert rows_of(Weights(found.packed())) == expected


def test_no_weight_of_a_file_is_an_object() -> None:
    held = {f"feature {at}": {f"macro {to}": at + to / 10 for to in range(10)} for at in range(5_000)}
    content = msgspec.msgpack.encode(pack(held))
    tracemalloc.start()
    try:
        found = Weights(msgspec.msgpack.decode(memoryview(content), type=PackedWeights[str]))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.row("feature 4999") == held["feature 4999"]
    assert taken < 20_000  # as dictionaries they take some 3,000,000 bytes


def test_parts_that_do_not_belong_together_are_an_error() -> None:
    packed = pack({"feature": {"macro": 1.0, "other": 2.0}})
    packed.number_places = packed.number_places[:4]
    with pytest.raises(ValueError, match="different sizes"):
        Weights(packed)
