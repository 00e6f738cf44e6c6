"""The status that an agent sets, and what follows from a ticket's new status, whoever decided it."""

from __future__ import annotations

from data.errors import RuleError
from data.records.changes import Change
from data.records.tickets import Status, Ticket
from queues.desk import escalations
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses


class SetStatus(Command):
    """Sets the status that the agent names."""

    def asked(self, change: Change) -> bool:
        """A status is named."""
        return change.status is not None

    def check(self, work: TicketChange) -> None:
        """Refuse a status that may not follow the ticket's own, and to suspend what others go on with."""
        if work.change.status is None:
            return
        statuses.check_move(work.ticket.status, work.change.status)
        if work.change.status is not Status.SUSPENDED or work.ticket.status is Status.SUSPENDED:
            return
        if work.change.reply is not None:
            raise RuleError("Spam gets no reply", "A reply tells the sender that someone reads here; send or suspend.")
        if work.ticket.external_ref:
            raise RuleError(
                "Not here",
                f"#{work.ticket.id} is in the ticketing system {work.ticket.connector} too, and would stay open there; "
                "mark it as spam there.",
            )

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """What the agent says."""
        return change.status

    def write(self, work: TicketChange) -> None:
        """Nothing here: `follow` writes the status that was decided on."""

    def describe(self, change: Change) -> str:
        """Return the status."""
        return str(change.status)


def follow(work: TicketChange) -> None:
    """Add the ticket's new status and what follows from it: when it was solved or opened again, whether it sleeps."""
    ticket, status = work.ticket, work.status
    work.fields["status"] = status
    if status is not Status.SNOOZED:
        work.fields["snoozed_until"] = None
    if status is Status.SOLVED:
        work.fields["solved_at"] = ticket.solved_at if ticket.status is Status.SOLVED else work.now
    if statuses.reopens(ticket.status, status):
        work.fields.update({"reopens": ticket.reopens + 1, "solved_at": None})
    if status in statuses.DONE and ticket.status not in statuses.DONE:
        work.steps.extend(escalations.close_settled(work.store, ticket))
