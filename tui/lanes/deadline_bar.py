"""Approaching deadlines as text and bars: a lane's next breach, and one elsewhere during a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.lanes.lane_stands import stored_names
from tui.look.short_times import span
from tui.look.words import words

if TYPE_CHECKING:
    from data.store import Store

HALF_HOUR = 1800
AHEAD = 8
"""How many half hours the bars look ahead."""
SOON = 15 * 60
"""How many seconds before a breach elsewhere the agent is warned."""
_BARS = "▁▂▃▄▅▆▇█"


def burn_line(store: Store, lane: str, now: int) -> str:
    """Return `12m ▃▁▅…`: the time of the lane's next breach, and the breaches in each of the next half hours."""
    names = stored_names(store, lane)
    first = min((breach[1] for name in names for breach in _next(store, name, None, now)), default=None)
    if first is None:
        return ""
    starts = [now + n * HALF_HOUR for n in range(AHEAD)]
    counts = [sum(store.tickets.due_between(name, at, at + HALF_HOUR) for name in names) for at in starts]
    return f"{words('next {span}').format(span=span(first - now))} {bars(counts)}"


def bars(counts: Sequence[int]) -> str:
    """Return one bar per count, scaled to the greatest; empty if all are 0."""
    most = max(counts, default=0)
    if not most:
        return ""
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] if count else "·" for count in counts)


def stay_line(store: Store, lanes: Sequence[str], here: int | None, now: int) -> str:
    """Return the clock elsewhere that runs out while the agent stays on ticket `here`; empty if none does soon."""
    if here is None:
        return ""
    names = [(lane, name) for lane in lanes for name in stored_names(store, lane)]
    breaches = [(due, lane, number) for lane, name in names for number, due in _next(store, name, here, now)]
    if not breaches:
        return ""
    due, lane, number = min(breaches)
    if due - now > SOON:
        return ""
    said = words("{lane}#{number} breaches in {span}")
    return said.format(lane=lane or words("no lane "), number=number, span=span(due - now))


def _next(store: Store, lane: str, here: int | None, now: int) -> list[tuple[int, int]]:
    first = store.tickets.next_breach(lane, now, leaving=here)
    return [first] if first is not None else []
