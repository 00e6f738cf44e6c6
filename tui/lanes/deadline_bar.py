"""Approaching deadlines as text and bars: a lane's next breach, and one elsewhere during a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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
    first = store.tickets.next_breach(lane, now)
    if first is None:
        return ""
    counts = [store.tickets.due_between(lane, now + n * HALF_HOUR, now + (n + 1) * HALF_HOUR) for n in range(AHEAD)]
    return f"{words('next {span}').format(span=span(first[1] - now))} {bars(counts)}"


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
    breaches = [(due, lane, number) for lane in lanes for number, due in _next(store, lane, here, now)]
    if not breaches:
        return ""
    due, lane, number = min(breaches)
    if due - now > SOON:
        return ""
    return words("{lane}#{number} breaches in {span}").format(lane=lane, number=number, span=span(due - now))


def _next(store: Store, lane: str, here: int, now: int) -> list[tuple[int, int]]:
    first = store.tickets.next_breach(lane, now, leaving=here)
    return [first] if first is not None else []
