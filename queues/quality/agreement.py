"""How far two reviewers of the same replies agree: share of equal answers, and Cohen's weighted kappa.

Cohen, J. (1968): Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit.
Psychological Bulletin 70 (4), 213-220. Weights are linear: being two steps apart is twice as bad as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Pair = tuple[int | None, int | None]
"""What two reviewers gave: points, or None for n/a."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two reviewers agree on one criterion, or on all."""

    pairs: int
    same: int
    """Equal answers; n/a is an answer of its own."""
    kappa: float | None
    """1 for full agreement, 0 for what chance alone would bring; None if it is not defined."""

    @property
    def percent(self) -> float:
        """The share of equal answers, of 1."""
        return self.same / self.pairs if self.pairs else 0.0


def agreement(pairs: Sequence[Pair], best: int) -> Agreement:
    """Return how far the pairs agree on a scale from 0 to `best`."""
    return Agreement(len(pairs), sum(first == second for first, second in pairs), weighted_kappa(pairs, best))


def weighted_kappa(pairs: Sequence[Pair], best: int) -> float | None:
    """Return Cohen's kappa with linear weights: 1 less the observed over the expected disagreement.

    Pairs with n/a are left out. None without pairs, and where both always gave the same one answer: chance alone would
    have brought that too.
    """
    counted = [(first, second) for first, second in pairs if first is not None and second is not None]
    if not counted or best < 1:
        return None
    firsts, seconds = Counter(first for first, _ in counted), Counter(second for _, second in counted)
    observed = sum(abs(first - second) for first, second in counted) / len(counted)
    expected = (
        sum(abs(first - second) * many * much for first, many in firsts.items() for second, much in seconds.items())
        / len(counted) ** 2
    )
    return None if expected == 0 else 1 - observed / expected
