"""The lanes of a fresh desk, and those that settings name instead. A lane is a saved filter and an order."""

from __future__ import annotations

from collections.abc import Sequence

from data.errors import InputError
from data.records.tickets import Lane
from data.store import Store

MOST_LANES = 3
"""How many queues are side by side."""

DEFAULT_LANE = "mail"
"""Where a message goes that neither a rule nor its connector places."""

DEFAULT_LANES = (Lane("mail", "Mail", 0), Lane("app", "App", 1), Lane("safety", "Safety", 2))
"""Three places where people write to us, left to right on the screen."""


def lanes_of(named: Sequence[tuple[str, str]], where: str) -> tuple[Lane, ...]:
    """Return the lanes of these names and titles, the default ones where there are none. Raises InputError."""
    names = [name for name, _ in named]
    if len(named) > MOST_LANES:
        raise InputError("Too many lanes", f"{where}: there are {len(named)} lanes; name {MOST_LANES} at most.")
    if len(set(names)) < len(names) or not all(name.strip() for name in names):
        raise InputError("Lanes not usable", f"{where}: each [[lane]] needs a name of its own.")
    return tuple(Lane(name, title or name.title(), place) for place, (name, title) in enumerate(named)) or DEFAULT_LANES


def waiting_lanes(store: Store) -> list[str]:
    """Return the names of the desk's lanes in their order, then of any other that tickets wait in."""
    others = sorted(lane for lane, count in store.tickets.counts().items() if count.active)
    return list(dict.fromkeys([*(lane.name for lane in store.lanes.all()), *others]))
