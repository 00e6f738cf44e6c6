"""Graphic and abusive content: which tickets have it, and interleaving easier tickets.

Graphic content wears agents down. After such a ticket next-up interleaves easier tickets, as long as no clock
that could still be kept runs out for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from data.records.tickets import Ticket
from queues.next_up.urgency import DEFAULT_HANDLE_SECONDS, Waiting

SLACK = 2
"""A ticket must have this many usual handle times left for another to go before it."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Which tickets are graphic, and how they are handled. Any of the four criteria makes a ticket graphic."""

    topics: frozenset[str] = frozenset({"harassment-report"})
    tags: frozenset[str] = frozenset({"graphic", "abusive"})
    lanes: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    light_between: int = 1
    """How many easier tickets to interleave between two graphic tickets; 0 for none."""
    never_wait: frozenset[str] = frozenset({"S0", "S1"})
    """Severities that no easier ticket is put before."""
    fold: bool = True
    """The customer's text is folded until a key shows it."""

    def holds(self, ticket: Ticket) -> bool:
        """Return whether the ticket is graphic."""
        return (
            ticket.topic in self.topics
            or ticket.lane in self.lanes
            or not self.tags.isdisjoint(ticket.tags)
            or (ticket.severity is not None and ticket.severity.value in self.severities)
        )


NO_EXPOSURE = Exposure(frozenset(), frozenset(), light_between=0)
"""Nothing is graphic."""


class Rest:
    """Counts the easier tickets that an agent worked on since the last graphic ticket."""

    def __init__(self) -> None:
        self._since: int | None = None
        """None: there was no graphic ticket yet."""
        self._last = 0

    def worked(self, ticket_id: int, *, graphic: bool) -> None:
        """Record a ticket that was worked on, or whose graphic text was shown."""
        if graphic:
            self._since = 0
        elif self._since is not None and ticket_id != self._last:
            self._since += 1
        self._last = ticket_id

    def is_due(self, wanted: int) -> bool:
        """Return whether an easier ticket should come next."""
        return self._since is not None and self._since < wanted


def lighter(
    order: Sequence[Waiting],
    now: int,
    expected: Mapping[str, int],
    is_graphic: Callable[[Waiting], bool],
    never_wait: Collection[str] = Exposure().never_wait,
) -> Waiting | None:
    """Return the easier ticket that can go before the graphic ones at the head of `order`, most urgent first.

    None if the first is easy, if there is no easier ticket, or if one of those before it cannot wait: by its
    severity, or because a clock that it can keep now might not be kept afterwards. `expected` are the lanes' usual
    handle times.
    """
    for place, candidate in enumerate(order):
        if not is_graphic(candidate):
            ahead = order[:place]
            held = any(other.row.severity is not None and other.row.severity.value in never_wait for other in ahead)
            return (
                candidate
                if ahead and not held and _keeps(ahead, now + _seconds(candidate, expected), now, expected)
                else None
            )
    return None


def _keeps(ahead: Sequence[Waiting], begins: int, now: int, expected: Mapping[str, int]) -> bool:
    """Return whether all of these keep the clocks that they can keep, begun one after another from `begins` on."""
    for candidate in ahead:
        takes = _seconds(candidate, expected)
        if candidate.due_at is not None and now <= candidate.due_at < begins + SLACK * takes:
            return False
        begins += takes
    return True


def _seconds(candidate: Waiting, expected: Mapping[str, int]) -> int:
    return max(1, expected.get(candidate.lane, DEFAULT_HANDLE_SECONDS))
