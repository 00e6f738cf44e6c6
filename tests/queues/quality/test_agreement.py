"""How far reviewers agree: weighted kappa against the slow definition, and its corner cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.quality.agreement import Pair, agreement, weighted_kappa

BEST = 3
points = st.one_of(st.none(), st.integers(0, BEST))
pairs_of = st.lists(st.tuples(points, points), max_size=30)


def slow_kappa(pairs: list[Pair]) -> float | None:
    """Cohen (1968) as written: the table of proportions, its margins, and a matrix of weights of agreement."""
    rated = [(a, b) for a, b in pairs if a is not None and b is not None]
    size = BEST + 1
    if not rated:
        return None
    table = [[sum((a, b) == (i, j) for a, b in rated) / len(rated) for j in range(size)] for i in range(size)]
    weights = [[1 - abs(i - j) / BEST for j in range(size)] for i in range(size)]
    rows = [sum(table[i]) for i in range(size)]
    columns = [sum(table[i][j] for i in range(size)) for j in range(size)]
    observed = sum(weights[i][j] * table[i][j] for i in range(size) for j in range(size))
    expected = sum(weights[i][j] * rows[i] * columns[j] for i in range(size) for j in range(size))
    return None if abs(1 - expected) < 1e-12 else (observed - expected) / (1 - expected)


@given(pairs_of)
def test_kappa_is_that_of_the_slow_definition(pairs: list[Pair]) -> None:
    assert weighted_kappa(pairs, BEST) == pytest.approx(slow_kappa(pairs)) if slow_kappa(pairs) is not None else True
    assert (weighted_kappa(pairs, BEST) is None) == (slow_kappa(pairs) is None)


@given(pairs_of)
def test_kappa_is_the_same_from_both_sides_and_at_most_one(pairs: list[Pair]) -> None:
    found = weighted_kappa(pairs, BEST)
    turned = weighted_kappa([(second, first) for first, second in pairs], BEST)
    assert found == pytest.approx(turned) if found is not None else turned is None
    assert found is None or found <= 1


def test_a_known_table() -> None:
    # with two answers weights change nothing: 0.7 agree, chance would bring 0.5
    counts: list[tuple[Pair, int]] = [((1, 1), 20), ((1, 0), 5), ((0, 1), 10), ((0, 0), 15)]
    pairs = [pair for pair, number in counts for _ in range(number)]
    assert weighted_kappa(pairs, 1) == pytest.approx(0.4)


def test_full_agreement_is_one_and_one_answer_alone_is_undefined() -> None:
    same: list[Pair] = [(0, 0), (2, 2), (1, 1)]
    assert weighted_kappa(same, 2) == 1
    assert weighted_kappa([(2, 2)] * 5, 2) is None
    assert weighted_kappa([], 2) is None


def test_not_applicable_is_an_answer_of_its_own_for_the_share_and_left_out_of_kappa() -> None:
    found = agreement([(None, None), (None, 1), (2, 2), (0, 0)], 2)
    assert (found.pairs, found.same, found.percent, found.kappa) == (4, 3, 0.75, 1)
    assert agreement([], 2).percent == 0
