"""The wall: who works on what, what is unassigned, and what breaches next, from the desk's own file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.records.tickets import LaneRow, Status
from data.store import Store
from queues.ground.known_agents import WORKED_ON
from queues.ground.presence import by_colleague, present
from queues.routing.lanes import waiting_lanes

MOST_BREACHES = 20


@dataclass(frozen=True, slots=True)
class AgentAtWork:
    """What an agent has in hand."""

    agent: str
    by_status: dict[Status, int]
    next_due: int | None
    """When the first clock of these tickets runs out."""
    writes_on: tuple[int, ...] = ()
    """The tickets that they write on now, at other desks of the team."""
    looks_at: tuple[int, ...] = ()
    """The tickets that they only have open there."""
    last_at: int | None = None
    """When they last did anything here."""


@dataclass(frozen=True, slots=True)
class LaneAtWork:
    """A lane's tickets that wait for us."""

    lane: str
    waiting: int
    unassigned: int
    late: int
    """Past a clock, counted up to 1,000."""
    oldest_unassigned: int | None
    """When the oldest unassigned ticket came."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A ticket whose clock runs out next, or has run out."""

    lane: str
    row: LaneRow


@dataclass(frozen=True, slots=True)
class Wall:
    """The whole wall."""

    agents: Sequence[AgentAtWork]
    lanes: Sequence[LaneAtWork]
    breaches: Sequence[Breach]
    """Those that run out next, the soonest first."""


def wall(store: Store, now: int) -> Wall:
    """Read the wall; each part by an index, however many tickets are solved."""
    names = waiting_lanes(store)
    return Wall(_agents(store, now), [_lane(store, name, now) for name in names], _breaches(store, names, now))


def _agents(store: Store, now: int) -> list[AgentAtWork]:
    counts: dict[str, dict[Status, int]] = {}
    due: dict[str, int | None] = {}
    for agent, status, count, next_due in store.tickets.in_hand(WORKED_ON):
        if not agent:
            continue
        counts.setdefault(agent, {})[status] = count
        due[agent] = min((at for at in (due.get(agent), next_due) if at is not None), default=None)
    colleagues = by_colleague(present(store, now))
    everyone = sorted({*counts, *colleagues})
    last = store.events.last_of(everyone)
    return [
        AgentAtWork(
            agent, {status: counts.get(agent, {}).get(status, 0) for status in WORKED_ON}, due.get(agent),
            *colleagues.get(agent, ((), ())), last.get(agent),
        )
        for agent in everyone
    ]  # fmt: skip


def _lane(store: Store, lane: str, now: int) -> LaneAtWork:
    counts = store.tickets.counts().get(lane)
    unassigned, oldest = store.tickets.unassigned(lane)
    return LaneAtWork(lane, counts.active if counts else 0, unassigned, store.tickets.breaching(lane, now), oldest)


def _breaches(store: Store, lanes: Sequence[str], now: int) -> list[Breach]:
    rows = [
        Breach(lane, row)
        for lane in lanes
        for row in store.tickets.page(lane, (now, 0), limit=MOST_BREACHES)
        if row.due_at is not None
    ]
    return sorted(rows, key=lambda breach: (breach.row.due_at or 0, breach.row.id))[:MOST_BREACHES]
