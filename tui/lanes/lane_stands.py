"""How each lane stands: what waits in it, what is late, and its next deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.records.tickets import NO_LANE, Lane
from tui.look.words import words

if TYPE_CHECKING:
    from data.store import Store


@dataclass(frozen=True, slots=True)
class LaneStand:
    """The figures of one lane."""

    number: int
    """Its digit after `g`; 0 for tickets in no lane."""
    lane: Lane
    active: int
    late: int
    """Counted up to 1,000."""
    due_at: int | None
    """When the next clock runs out that has not yet."""
    view: str = ""
    """Which part of the lane is listed, if not all that waits."""


def lanes_with_none(lanes: Sequence[Lane]) -> list[Lane]:
    """Return the lanes and, last, the place of tickets that are in none."""
    return [*lanes, Lane(NO_LANE, words("No lane"), len(lanes))]


def stored_names(store: Store, lane: str) -> list[str]:
    """Return what tickets of this lane have stored: its name; in no lane, nothing or a name that is gone."""
    return store.lanes.others() if lane == NO_LANE else [lane]


def stand_of(store: Store, number: int, lane: Lane, now: int) -> LaneStand:
    """Read how a lane stands."""
    names, counts = stored_names(store, lane.name), store.tickets.counts()
    breaches = [breach for name in names if (breach := store.tickets.next_breach(name, now)) is not None]
    return LaneStand(
        number,
        lane,
        sum(counts[name].active for name in names if name in counts),
        sum(store.tickets.breaching(name, now) for name in names),
        min((due for _, due in breaches), default=None),
    )
