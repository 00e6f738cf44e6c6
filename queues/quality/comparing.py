"""What calibrations say of two reviewers: on each criterion of a card, and over all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from data.records.reviews import Calibration, Review
from data.store import Store
from queues.quality.agreement import Agreement, Pair, agreement


@dataclass(frozen=True, slots=True)
class Compared:
    """How two reviewers agree on one card."""

    reviewers: tuple[str, str]
    card: str
    """Without its version."""
    replies: int
    by_criterion: Mapping[str, Agreement]
    mean_apart: float
    """How many points of a hundred their whole scores are apart, on average."""


def compared(store: Store) -> list[Compared]:
    """Return how each pair of reviewers agrees, from the calibrations that both have finished."""
    groups: dict[tuple[tuple[str, str], str], list[tuple[Review, Review]]] = defaultdict(list)
    for calibration, given in store.reviews.calibrations():
        if finished(calibration, given):
            first, second = sorted(calibration.reviewers)
            groups[(first, second), calibration.scorecard.partition("@")[0]].append((given[first], given[second]))
    return [_compared(store, pair, card, held) for (pair, card), held in sorted(groups.items())]


def finished(calibration: Calibration, given: Mapping[str, Review]) -> bool:
    """Return whether both have reviewed: before that neither sees the other's."""
    return set(calibration.reviewers) <= given.keys()


def _compared(store: Store, pair: tuple[str, str], card: str, held: list[tuple[Review, Review]]) -> Compared:
    pairs: dict[str, list[Pair]] = defaultdict(list)
    best: dict[str, int] = {}
    for first, second in held:
        theirs = {item.criterion: item for item in store.reviews.marks(second.id)}
        for mark in store.reviews.marks(first.id):
            if mark.criterion in theirs:
                pairs[mark.criterion].append((mark.points, theirs[mark.criterion].points))
                best[mark.criterion] = max(best.get(mark.criterion, 0), mark.best)
    return Compared(
        pair, card, len(held), {name: agreement(results, best[name]) for name, results in pairs.items()},
        sum(abs(first.percent - second.percent) for first, second in held) / len(held),
    )  # fmt: skip
