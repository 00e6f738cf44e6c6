"""The lanes of a desk: which of them a ticket is in. A lane is a saved filter and an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from data.records.tickets import DEFAULT_LANES, HARM_LANES, NO_LANE, Lane, LaneFilter
from data.store import Store
from queues.routing.conditions import Condition, Facts, OneOrMore, When, Words, compiled

_BUILT_IN = frozenset(lane.name for lane in DEFAULT_LANES)


@dataclass(frozen=True, slots=True)
class Place:
    """The lane of a ticket, and what put it there."""

    lane: str
    """Empty if it fits none."""
    by: str
    """`rule`, `filter`, `source` (its account or queue), `rest` (a lane without a filter) or `none`."""


def place(lanes: Sequence[Lane], ruled: str, facts: Facts, text: Words, *, weak: bool = False) -> Place:
    """Return where a ticket stands: the rule's lane, the first filter that fits, its source's lane, or the rest.

    `ruled` is the lane that a rule names. `weak` rules come after the filters, unless they send to a lane that handles
    harm: those that come with the desk know nothing of its lanes. A lane without a filter takes the rest, unless it
    handles harm.
    """
    by_rule = lane_named(ruled, lanes)
    if by_rule and (not weak or ruled in HARM_LANES):
        return Place(by_rule if ruled in {lane.name for lane in lanes} else _of_harm(lanes, facts, text), "rule")
    fitting = next((lane.name for lane in lanes if fits(lane.filter, facts, text)), "")
    if fitting:
        return Place(fitting, "filter")
    if by_rule:
        return Place(by_rule, "rule")
    if by_source := lane_named(facts.lane, lanes):
        return Place(by_source, "source")
    rest = next((lane.name for lane in lanes if lane.filter == LaneFilter() and not lane.harm), NO_LANE)
    return Place(rest, "rest" if rest else "none")


def lane_named(name: str, lanes: Sequence[Lane]) -> str:
    """Return the lane of this name; for a built-in one that handles harm, the lane that does so here; else nothing.

    Where no lane says that it handles harm, the first one gets it: it is always in sight.
    """
    if any(lane.name == name for lane in lanes):
        return name
    if name not in HARM_LANES or not lanes:
        return ""
    return next((lane.name for lane in lanes if lane.harm), lanes[0].name)


def stands_for(name: str, lanes: Iterable[Lane]) -> frozenset[str]:
    """Return the names by which the built-in rules, procedures and cards may mean this lane: its own, and a built-in's.

    A lane of another name does the work of the built-in lane that handles harm, or of those that do not.
    """
    here = {lane.name: lane.harm for lane in lanes}
    if name in _BUILT_IN:
        return frozenset({name})
    alike = HARM_LANES if here.get(name) else _BUILT_IN - HARM_LANES
    return frozenset({name, *(alike - here.keys())})


def has_filters(lanes: Iterable[Lane]) -> bool:
    """Return whether any lane takes tickets by what is in them."""
    return any(lane.filter != LaneFilter() for lane in lanes)


def fitted(names: frozenset[str], lanes: Sequence[Lane]) -> frozenset[str]:
    """Return the lanes that what comes with the desk means by these names of built-in lanes.

    Tickets in no lane count with those of lanes that do not handle harm: no gate is left out for them.
    """
    if tuple(lanes) == DEFAULT_LANES:
        return names
    nowhere = {NO_LANE} if names & _BUILT_IN - HARM_LANES else set()
    return names | nowhere | {lane.name for lane in lanes if not stands_for(lane.name, lanes).isdisjoint(names)}


def fits(wanted: LaneFilter, facts: Facts, text: Words) -> bool:
    """Return whether a ticket passes a filter; the empty filter lets none through."""
    conditions = conditions_of(wanted)
    return bool(conditions) and all(condition.find(facts, text) is not None for condition in conditions)


@lru_cache(maxsize=256)
def conditions_of(wanted: LaneFilter) -> tuple[Condition, ...]:
    """Compile a filter; equal ones are compiled once."""
    return compiled(
        When(
            connector=list(wanted.connectors),
            language=list(wanted.languages),
            to=list(wanted.to),
            sender=list(wanted.senders),
            words=list(wanted.words),
            without=list(wanted.without),
            tags=list(wanted.tags),
            tier=list(wanted.tiers),
            topic=list(wanted.topics),
            severity=list(wanted.severities),
            priority=list(wanted.priorities),
            fields=_by_name(wanted.fields),
        )
    )


def _by_name(pairs: Iterable[str]) -> dict[str, OneOrMore]:
    """Return the wanted values of each custom field."""
    values: dict[str, list[str]] = {}
    for name, _, value in (pair.partition("=") for pair in pairs):
        values.setdefault(name, []).append(value)
    return dict(values)


def described(wanted: LaneFilter) -> str:
    """Describe a filter in a line: `words refund or money back, language es`."""
    return ", ".join(f"{condition.name} {condition.wanted}" for condition in conditions_of(wanted))


def waiting_lanes(store: Store) -> list[str]:
    """Return the names of the desk's lanes in their order, then whatever else stands in a waiting ticket's place."""
    return [*(lane.name for lane in store.lanes.all()), *store.lanes.others()]


def _of_harm(lanes: Sequence[Lane], facts: Facts, text: Words) -> str:
    """Of several lanes that handle harm, the first whose filter fits, else the first."""
    harmful = [lane for lane in lanes if lane.harm] or list(lanes[:1])
    return next((lane.name for lane in harmful if fits(lane.filter, facts, text)), harmful[0].name)
