"""Giving a ticket to an agent, or taking it from them."""

from __future__ import annotations

from data.records.changes import Change
from data.records.tickets import Status, Ticket
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses


class Assign(Command):
    """Sets the ticket's agent; a new or suspended ticket that is given to someone is open from then on."""

    def asked(self, change: Change) -> bool:
        """An agent is named, or the empty string to unassign."""
        return change.assignee is not None

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """Work on the ticket has begun, unless it was only unassigned."""
        if not change.assignee:
            return None
        return Status.OPEN if ticket.status is Status.SUSPENDED else statuses.begun(ticket.status)

    def write(self, work: TicketChange) -> None:
        """Set the agent."""
        work.fields["assignee"] = work.change.assignee

    def describe(self, change: Change) -> str:
        """Return who has it now."""
        return f"assigned to {change.assignee}" if change.assignee else "unassigned"
