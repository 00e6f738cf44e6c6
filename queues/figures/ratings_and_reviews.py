"""Ratings and reviews as measures: ratings, answered rating requests, reviews."""

from __future__ import annotations

from collections.abc import Iterator

from data.records.ratings import SATISFIED
from data.store import Store
from queues.figures.metrics import Measure, Metric


def judged(store: Store, since: int, until: int) -> list[Measure]:
    """Return the measures from `since` up to `until`, not included, in chronological order.

    A rating and a review belong to the moment at which they were given, a rating request to when it was sent.
    """
    return sorted((*_ratings(store, since, until), *_reviews(store, since, until)), key=lambda measure: measure.at)


def _ratings(store: Store, since: int, until: int) -> Iterator[Measure]:
    for ticket_id, at, value, agent, macro, age in store.csat.measured(since, until):
        yield Measure(Metric.CSAT, ticket_id, at, int(value >= SATISFIED), agent, macro, age)
        yield Measure(Metric.RATING, ticket_id, at, value, agent, macro, age)
    for ticket_id, at, answered, agent, macro, age in store.csat.questions(since, until):
        yield Measure(Metric.ANSWERED, ticket_id, at, answered, agent, macro, age)


def _reviews(store: Store, since: int, until: int) -> Iterator[Measure]:
    for ticket_id, at, percent, agent, macro, age in store.reviews.measured(since, until):
        yield Measure(Metric.REVIEW, ticket_id, at, round(percent), agent, macro, age)
