"""The status that an agent sets, and the consequences of a ticket's new status, however it was decided."""

from __future__ import annotations

from data.errors import RuleError
from data.records.changes import Change
from data.records.tickets import Status, Ticket
from queues.desk import escalations
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses


class SetStatus(Command):
    """Sets the agent's chosen status."""

    def asked(self, change: Change) -> bool:
        """The change names a status."""
        return change.status is not None

    def check(self, work: TicketChange) -> None:
        """Refuse a status that may not follow the current one, and suspending a ticket that is answered or mirrored."""
        if work.change.status is None:
            return
        statuses.check_move(work.ticket.status, work.change.status)
        if work.change.status is not Status.SUSPENDED or work.ticket.status is Status.SUSPENDED:
            return
        if work.change.reply is not None:
            raise RuleError(
                "Spam gets no reply",
                "A reply would tell a spammer that this address is read; either answer or suspend.",
            )
        if work.ticket.external_ref:
            raise RuleError(
                "Not here",
                f"#{work.ticket.id} is in the ticketing system {work.ticket.connector} too, and would stay open there; "
                "mark it as spam there.",
            )

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """The agent's choice."""
        return change.status

    def write(self, work: TicketChange) -> None:
        """Nothing here: `follow` writes the final status."""

    def describe(self, change: Change) -> str:
        """Return the status."""
        return str(change.status)


def follow(work: TicketChange) -> None:
    """Add the ticket's new status and its consequences: whether it is snoozed, which escalations are over."""
    ticket, status = work.ticket, work.status
    work.fields["status"] = status
    if status is not Status.SNOOZED:
        work.fields["snoozed_until"] = None
    if status in statuses.DONE and ticket.status not in statuses.DONE:
        work.steps.extend(escalations.close_settled(work.store, ticket))
