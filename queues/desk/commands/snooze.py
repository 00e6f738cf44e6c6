"""Snoozing a ticket until a time."""

from __future__ import annotations

from data.records.changes import Change
from data.records.tickets import Status, Ticket
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses


class Snooze(Command):
    """Takes the ticket out of its lane until a time; it wakes then, or when the customer writes."""

    def asked(self, change: Change) -> bool:
        """The change names a time."""
        return change.snooze_until is not None

    def check(self, work: TicketChange) -> None:
        """Refuse a ticket that cannot be snoozed, such as a solved ticket."""
        statuses.check_move(work.ticket.status, Status.SNOOZED)

    def status_after(self, ticket: Ticket, change: Change) -> Status:
        """It is snoozed, whatever else the change does."""
        return Status.SNOOZED

    def write(self, work: TicketChange) -> None:
        """Write when it wakes."""
        work.fields["snoozed_until"] = work.change.snooze_until

    def describe(self, change: Change) -> str:
        """Return that it was snoozed."""
        return "snoozed"
