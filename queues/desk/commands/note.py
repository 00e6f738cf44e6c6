"""An internal note: text for other agents that never leaves the desk."""

from __future__ import annotations

from data.errors import RuleError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.tickets import Status, Ticket
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses


class Note(Command):
    """Adds a note to the conversation; a new ticket becomes open."""

    def asked(self, change: Change) -> bool:
        """The change has a note of its own; even an empty note counts, to be refused."""
        return change.note is not None and not (change.hand_to or change.hand_answer)

    def check(self, work: TicketChange) -> None:
        """Refuse a draft that was already sent, and an empty note."""
        messages.refuse_stale_draft(work.store, work.ticket, work.change.draft)
        if not (work.change.note or "").strip():
            raise RuleError("Empty note", f"The note on #{work.ticket.id} is empty; write something first.")

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """Work on the ticket has begun."""
        return statuses.begun(ticket.status)

    def write(self, work: TicketChange) -> None:
        """Store the note and drop its draft."""
        assert work.change.note is not None
        text = work.change.note
        work.steps.append(messages.insert(work, messages.own_message(work, Direction.NOTE, text)))
        work.steps.extend(messages.drop_draft(work.store, work.ticket.id, Direction.NOTE, text))

    def describe(self, change: Change) -> str:
        """Return that a note was written."""
        return "noted"
