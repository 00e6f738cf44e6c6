"""Lanes in one line: number, title, what waits and is late, and the time until the next deadline."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui.lanes.lane_stands import LaneStand
from tui.look.lane_titles import lane_title
from tui.look.one_line import fit, one_line
from tui.look.short_times import span
from tui.look.words import words

_LEAST_TITLE = 3
"""Cells that a title keeps."""


def short(stand: LaneStand, now: int, width: int | None = None) -> str:
    """Return number, title (cut to a width), what waits and is late, and the time until the next deadline."""
    title = one_line(lane_title(stand.lane) + (f": {stand.view}" if stand.view else ""))
    title = title if width is None or cell_len(title) <= width else fit(title, max(_LEAST_TITLE, width))
    counts = f"{stand.active}" + (f"/{stand.late}!" if stand.late else "")
    due = f" {span(stand.due_at - now)}" if stand.due_at is not None else ""
    return f"{stand.number} {title} {counts}{due}"


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
    text = short(stand, now, room)
    return f"[{text}]" if stand.number == active else f" {text} "
