"""What next-up offered, and whether the agent passed it over or chose another ticket.

Kept in memory while the desk is open; the events `skipped` and `picked` record it.
"""

from __future__ import annotations

from collections.abc import Sequence

from queues.next_up.urgency import Waiting

PASSED_FOR = 30 * 60
"""Seconds for which a ticket that was passed over is not offered again, unless something happens to it."""


class Offers:
    """Remembers which tickets were offered, and which of them are passed over for now."""

    def __init__(self) -> None:
        self._offered: set[int] = set()
        self._passed: dict[int, tuple[int, int]] = {}
        """By ticket: until when, and when it had last changed."""

    def offered(self, ticket_id: int) -> None:
        """Record that next-up gave this ticket."""
        self._offered.add(ticket_id)

    def was_offered(self, ticket_id: int) -> bool:
        """Return whether next-up gave this ticket."""
        return ticket_id in self._offered

    def taken(self, ticket_id: int) -> None:
        """Record that the ticket was worked on; when it waits again it must be offered again."""
        self._offered.discard(ticket_id)
        self._passed.pop(ticket_id, None)

    def passed(self, ticket_id: int, updated_at: int, now: int) -> None:
        """Record that the agent passed this ticket over."""
        self._passed[ticket_id] = (now + PASSED_FOR, updated_at)

    def offerable(self, order: Sequence[Waiting], now: int) -> list[Waiting]:
        """Return the tickets that can be offered: all not passed over, or all if nothing else waits."""
        rest = [candidate for candidate in order if not self._is_passed(candidate, now)]
        return rest or list(order)

    def _is_passed(self, candidate: Waiting, now: int) -> bool:
        until, updated_at = self._passed.get(candidate.row.id, (0, 0))
        return now < until and candidate.row.updated_at == updated_at
