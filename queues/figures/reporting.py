"""A report: the figures of a period by group, those of the period before, and the measures behind each.

Everything is read once for all groupings: a ticket's history is built up to the end of the period before,
measured, and continued to the end of the period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice

from data.store import Store
from queues.figures.grouping import BETWEEN, NO_FACTS, By, Facts, Grouped, grouping, needs_facts
from queues.figures.handling import IDLE, handled
from queues.figures.metrics import (
    ASIDE,
    LATE,
    Elapsed,
    Figure,
    Measure,
    Metric,
    aside,
    figures,
    measures,
    measures_of_untouched,
    wall,
)
from queues.figures.ratings_and_reviews import judged
from queues.figures.ticket_history import History, in_order, untouched

_CLOCKS = frozenset(LATE.values())

_BATCH = 1_000
"""The number of tickets between two progress reports."""

Progress = Callable[[float], object]
"""Gets the share of tickets read so far; an exception from it stops the reading."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to `until`, not included; Unix seconds."""

    since: int
    until: int

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by group and metric."""

    period: Period
    by: Grouped
    now: Mapping[str, Mapping[Metric, Figure]]
    before: Mapping[str, Mapping[Metric, Figure]]


@dataclass(frozen=True, slots=True)
class Question:
    """What to read from the record."""

    spans: Sequence[Period]
    """In chronological order, each ending where the next begins."""
    elapsed: Elapsed
    facts: bool
    """Whether any grouping is by ticket attributes."""
    on_progress: Progress


Found = Iterator[tuple[int, Sequence[Measure], Facts]]
"""A ticket's measures of one period, with the index of that period."""


def _silent(share: float) -> None:
    """Ignore progress."""


def report(store: Store, period: Period, by: By, zone: tzinfo, *, elapsed: Elapsed = wall) -> Report:
    """Summarise the period and the period before it. Hours and days are those of `zone`."""
    return reports(store, period, [by], zone, elapsed=elapsed)[by]


def reports(
    store: Store,
    period: Period,
    groupings: Collection[Grouped],
    zone: tzinfo,
    *,
    elapsed: Elapsed = wall,
    on_progress: Progress = _silent,
) -> dict[Grouped, Report]:
    """Summarise the period and the period before it by several groupings, in one pass."""
    question = Question((period.before, period), elapsed, any(needs_facts(by) for by in groupings), on_progress)
    sums = [[(grouping(by, zone), _Sums()) for by in groupings] for _ in question.spans]
    for place, found_measures, facts in _all_measures(store, question):
        for group, held in sums[place]:
            for measure in found_measures:
                if (name := group(measure, facts)) is not None:
                    held.add(name, measure)
    before, now = ([figures(held.values()) for _, held in of_span] for of_span in sums)
    return {by: Report(period, by, now[n], before[n]) for n, by in enumerate(groupings)}


class _Sums:
    """The values of each group and metric. What agents spent on one ticket is one value in a group."""

    def __init__(self) -> None:
        self._values = defaultdict[tuple[str, Metric], list[int]](list)
        self._spent = defaultdict[str, dict[int, int]](dict)

    def add(self, group: str, measure: Measure) -> None:
        """Add a measure to a group."""
        if measure.metric is Metric.HANDLING:
            spent = self._spent[group]
            spent[measure.ticket_id] = spent.get(measure.ticket_id, 0) + measure.value
        else:
            self._values[group, measure.metric].append(measure.value)

    def values(self) -> dict[tuple[str, Metric], list[int]]:
        """Return the values by group and metric."""
        return {**self._values, **{(group, Metric.HANDLING): [*spent.values()] for group, spent in self._spent.items()}}


def inside(report: Report, group: str) -> dict[str, Mapping[Metric, Figure]]:
    """Return a group's subgroups in a nested report, by the second name."""
    start = group + BETWEEN
    return {name[len(start) :]: held for name, held in report.now.items() if name.startswith(start)}


def measures_of(
    store: Store, period: Period, by: By, zone: tzinfo, *, elapsed: Elapsed = wall, on_progress: Progress = _silent
) -> Iterator[tuple[Measure, str]]:
    """Yield every measure of the period that belongs to a group, with the group; handle times summed by ticket."""
    group = grouping(by, zone)
    spent: dict[tuple[int, str], Measure] = {}
    for _, found_measures, facts in _all_measures(store, Question((period,), elapsed, needs_facts(by), on_progress)):
        for measure in found_measures:
            if (name := group(measure, facts)) is None:
                continue
            if measure.metric is Metric.HANDLING:
                earlier = spent.get((measure.ticket_id, name))
                seconds = measure.value + (0 if earlier is None else earlier.value)
                spent[measure.ticket_id, name] = measure._replace(value=seconds)
            else:
                yield measure, name
    yield from ((measure, name) for (_, name), measure in spent.items())


def _all_measures(store: Store, question: Question) -> Found:
    for source in SOURCES:
        yield from source(store, question)


def _of_lives(store: Store, question: Question) -> Found:
    """Yield each ticket's measures, in order of ticket number."""
    lives, came = (
        store.events.lives(question.spans[-1].until, since=question.spans[0].since),
        store.shifts.first_begun(),
    )
    newest = max(1, store.tickets.newest())
    while batch := list(islice(lives, _BATCH)):
        numbers = [number for number, _ in batch]
        facts, created = _facts(store, numbers, question), store.tickets.created(numbers)
        replies = store.messages.replies(numbers, question.spans[-1].until)
        for number, events in batch:
            if number not in created:
                continue
            of_ticket, heard = facts.get(number, NO_FACTS), 0
            if (waits := untouched(events, replies.get(number, ()))) is not None:
                for place, span in enumerate(question.spans):
                    if waits.at < span.until:
                        of_life = measures_of_untouched(
                            number, created[number], waits, span.since, span.until, question.elapsed
                        )
                        yield place, _their_own(of_life, came) if came else of_life, of_ticket
                continue
            life, timeline = History(number, created[number]), in_order(events, replies.get(number, ()))
            for place, span in enumerate(question.spans):
                while heard < len(timeline) and timeline[heard][0] < span.until:
                    (life.reply if timeline[heard][1] == 1 else life.add)(*timeline[heard][2])
                    heard += 1
                if heard:
                    of_life = measures(life, span.since, span.until, question.elapsed)
                    yield place, _their_own(of_life, came) if came else of_life, of_ticket
        question.on_progress(batch[-1][0] / newest)


def _their_own(of_life: Sequence[Measure], came: Mapping[str, int]) -> list[Measure]:
    """Credit no one with a clock that ran out before the agent's first shift: whoever comes new is not late for it."""
    return [
        measure._replace(agent="")
        if measure.metric in _CLOCKS and measure.value and measure.at < came.get(measure.agent, 0)
        else measure
        for measure in of_life
    ]


def _of_handling(store: Store, question: Question) -> Found:
    """Measure what each action of an agent took, in chronological order; a ticket's sum is its handle time."""
    first, last = question.spans[0], question.spans[-1]
    work = handled(store.events.work(first.since - IDLE, last.until))
    while batch := list(islice(work, _BATCH)):
        facts = _facts(store, [action.ticket_id for action in batch], question)
        for action in batch:
            for place, span in enumerate(question.spans):
                if span.since <= action.at < span.until:
                    measure = Measure(Metric.HANDLING, action.ticket_id, action.at, action.seconds, action.agent)
                    yield place, [measure], facts.get(action.ticket_id, NO_FACTS)
        question.on_progress(1.0)


def _of_asides(store: Store, question: Question) -> Found:
    """Count tickets passed over or taken out of turn, and graphic text shown, in the order of the record."""
    asides = store.events.in_period(list(ASIDE), question.spans[0].since, question.spans[-1].until)
    facts = _facts(store, [event.ticket_id for event in asides], question)
    for event in asides:
        for place, span in enumerate(question.spans):
            if span.since <= event.at < span.until:
                yield place, [aside(event)], facts.get(event.ticket_id, NO_FACTS)


def _of_judgements(store: Store, question: Question) -> Found:
    """Measure ratings and reviews, in chronological order."""
    for place, span in enumerate(question.spans):
        measures = judged(store, span.since, span.until)
        facts = _facts(store, sorted({measure.ticket_id for measure in measures}), question)
        for measure in measures:
            yield place, [measure], facts.get(measure.ticket_id, NO_FACTS)


def _facts(store: Store, numbers: Sequence[int], question: Question) -> dict[int, Facts]:
    return {number: Facts(*facts) for number, facts in store.tickets.facts_of(numbers)} if question.facts else {}


SOURCES: tuple[Callable[[Store, Question], Found], ...] = (_of_lives, _of_handling, _of_asides, _of_judgements)
"""The sources of measures. Data stored outside the events needs another source here."""
