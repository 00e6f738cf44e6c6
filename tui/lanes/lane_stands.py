"""How each lane stands: what waits in it, what is late, and its next deadline; and all that in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from data.records.tickets import NO_LANE, Lane
from tui.look.lane_titles import lane_title
from tui.look.one_line import fit, one_line
from tui.look.short_times import span
from tui.look.words import words

if TYPE_CHECKING:
    from data.store import Store

_LEAST_TITLE = 3
"""Cells that a title keeps in the line of all lanes."""


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

    def short(self, now: int, width: int | None = None) -> str:
        """Return number, title (cut to a width), what waits and is late, and the time until the next deadline."""
        title = one_line(lane_title(self.lane) + (f": {self.view}" if self.view else ""))
        title = title if width is None or cell_len(title) <= width else fit(title, max(_LEAST_TITLE, width))
        counts = f"{self.active}" + (f"/{self.late}!" if self.late else "")
        due = f" {span(self.due_at - now)}" if self.due_at is not None else ""
        return f"{self.number} {title} {counts}{due}"


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


def lane_line(stands: Sequence[LaneStand], active: int, now: int, width: int, lead: str = "") -> str:
    """Return lanes in one line, the active one (by number) in brackets; titles give way first.

    If even short titles are too wide, the last lanes become one: how many, what waits there, and the next deadline.
    """
    for room in (None, 12, 8, 5, _LEAST_TITLE):
        gap = "  " if room is None else ""
        line = lead + gap.join(_bracketed(stand, active, now, room) for stand in stands)
        if cell_len(line) <= width:
            return line
    for kept in range(len(stands) - 1, 0, -1):
        shown = _with_active(stands, active, kept)
        rest = [stand for stand in stands if stand not in shown]
        dues = [stand.due_at for stand in rest if stand.due_at is not None]
        due = f" {span(min(dues) - now)}" if dues else ""
        late = sum(stand.late for stand in rest)
        waiting = f"{sum(stand.active for stand in rest)}" + (f"/{late}!" if late else "")
        more = words("+{n} lanes {waiting}").format(n=len(rest), waiting=waiting) + due
        line = lead + "".join([*(_bracketed(stand, active, now, _LEAST_TITLE) for stand in shown), f" {more}"])
        if cell_len(line) <= width:
            return line
    return fit(line, width)


def _with_active(stands: Sequence[LaneStand], active: int, kept: int) -> list[LaneStand]:
    """Return the first lanes, with the active one among them."""
    shown = list(stands[:kept])
    here = next((stand for stand in stands if stand.number == active), None)
    return shown if here is None or here in shown else [*shown[:-1], here]


def _bracketed(stand: LaneStand, active: int, now: int, room: int | None) -> str:
    text = stand.short(now, room)
    return f"[{text}]" if stand.number == active else f" {text} "
