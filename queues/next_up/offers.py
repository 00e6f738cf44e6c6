"""What next-up offered, and what the agent passed over for now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from queues.next_up.urgency import Waiting

PASSED_FOR = 30 * 60
"""Seconds for which a ticket that was passed over is not offered again, unless something happens to it."""


class Offers:
    """Remembers, while the desk is open, which tickets were offered and are not worked on yet."""

    def __init__(self) -> None:
        self._offered: set[int] = set()

    def offered(self, ticket_id: int) -> None:
        """Record that next-up gave this ticket."""
        self._offered.add(ticket_id)

    def was_offered(self, ticket_id: int) -> bool:
        """Return whether next-up gave this ticket."""
        return ticket_id in self._offered

    def taken(self, ticket_id: int) -> None:
        """Record that the ticket was worked on; when it waits again it must be offered again."""
        self._offered.discard(ticket_id)


def passed_last(order: Sequence[Waiting], passed: Collection[int]) -> list[Waiting]:
    """Return the tickets with those that were passed over at the end."""
    return sorted(order, key=lambda waiting: waiting.row.id in passed)
