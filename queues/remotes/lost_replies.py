"""What becomes of a ticket whose reply failed for good."""

from __future__ import annotations

from collections.abc import Callable

from data.records.tickets import Status
from queues.desk.desk import Desk


def reopening(desk: Desk, connector: str) -> Callable[[int], None]:
    """Return what opens a ticket again whose customer never got the answer, in the name of that connector."""

    def reopen(ticket_id: int) -> None:
        ticket = desk.store.tickets.get(ticket_id)
        if ticket is not None and ticket.status in (Status.PENDING, Status.SOLVED):
            desk.follow(ticket_id, connector, status=Status.OPEN)

    return reopen
