"""What an agent finds when a shift begins: the hand-over, what changed, what is promised, what is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from data.records.messages import Draft
from data.records.promises import GivenPromise
from data.records.shifts import Shift
from data.records.tickets import LaneRow, View
from data.store import Store
from queues.routing.lanes import waiting_lanes
from queues.shifts.shift import Revised, Wordings, revised

MOST = 50
"""The agent's own tickets that are listed per lane."""


@dataclass(frozen=True, slots=True)
class ShiftStart:
    """All that is at the beginning of a shift."""

    notes: list[Shift]
    """The shifts that left a hand-over since the agent's own latest began, the newest first; at least the last one."""
    revised: list[Revised]
    """Procedures and macros that changed since the agent's own latest shift."""
    promises: list[GivenPromise]
    """Those due by the end of the day, and the late ones."""
    mine: list[LaneRow]
    """The agent's tickets that wait, the most urgent first."""
    drafts: list[Draft]


def shift_start(store: Store, agent: str, wordings: Wordings, *, day_ends: int) -> ShiftStart:
    """Gather what a shift begins with; `day_ends` is when the agent's day does."""
    own = store.shifts.latest(agent)
    # without a shift of one's own all that was left before is history
    since = own.began_at if own is not None else 1 << 62
    mine = [
        row for lane in waiting_lanes(store) for row in store.tickets.page(lane, limit=MOST, view=View(assignee=agent))
    ]
    return ShiftStart(
        store.shifts.left_notes(since),
        revised(store, agent, wordings),
        store.promises.open(until=day_ends),
        sorted(mine, key=lambda row: row.key),
        store.drafts.all(),
    )
