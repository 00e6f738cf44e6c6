"""Assigning a ticket to an agent, or unassigning it."""

from __future__ import annotations

from data.records.changes import Change
from data.records.tickets import Status, Ticket
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses


class Assign(Command):
    """Sets the ticket's agent; assigning a ticket that is new, suspended or history opens it."""

    def asked(self, change: Change) -> bool:
        """The change names an agent, or the empty string to unassign."""
        return change.assignee is not None

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """Work on the ticket has begun, unless it was only unassigned."""
        if not change.assignee:
            return None
        return Status.OPEN if ticket.status in (Status.SUSPENDED, Status.HISTORY) else statuses.begun(ticket.status)

    def write(self, work: TicketChange) -> None:
        """Set the agent."""
        work.fields["assignee"] = work.change.assignee

    def describe(self, change: Change) -> str:
        """Return the new assignee."""
        return f"assigned to {change.assignee}" if change.assignee else "unassigned"
