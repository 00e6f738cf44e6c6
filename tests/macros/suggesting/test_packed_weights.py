"""Weights of suggestions are the same after they were kept in a file, and take less room in memory."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.suggesting.packed_weights import PackedWeights, pack, unpack

names = st.text(max_size=6)
weights = st.dictionaries(
    names, st.dictionaries(names, st.floats(allow_nan=False), min_size=1, max_size=4), max_size=6
)  # fmt: skip


@given(weights)
def test_weights_come_back_in_their_order(held: dict[str, dict[str, float]]) -> None:
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(pack(held)), type=PackedWeights)
    again = unpack(kept, {})
    assert again == held
    assert [*again, *map(list, again.values())] == [*held, *map(list, held.values())]


def test_each_number_and_each_name_is_kept_once() -> None:
    held = {f"feature {at}": {f"macro {to}": float(to) for to in range(5)} for at in range(100)}
    shared: dict[str, str] = {}
    kept = msgspec.msgpack.encode(pack(held))
    first, second = (unpack(msgspec.msgpack.decode(kept, type=PackedWeights), shared) for _ in range(2))
    assert len({id(number) for row in first.values() for number in row.values()}) == 5
    assert len({id(macro) for rows in (first, second) for row in rows.values() for macro in row}) == 5
    assert len({id(feature) for rows in (first, second) for feature in rows}) == 100


def test_parts_that_do_not_belong_together_are_an_error() -> None:
    packed = pack({"feature": {"macro": 1.0, "other": 2.0}})
    packed.number_places = packed.number_places[:4]
    with pytest.raises(ValueError, match="shorter"):
        unpack(packed, {})
