"""Forwarding to a third party: a mail with text and files of the ticket, kept as a note; its answer is a note too."""

from __future__ import annotations

from dataclasses import replace

from data.errors import RuleError
from data.records.changes import Change
from data.records.forwards import SentForward
from data.records.messages import Direction
from data.records.outbox import MOST_ENCLOSED, OutboxEntry, OutboxState
from data.records.tickets import Status, Ticket
from queues.desk import form_drafts, forwards
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange
from queues.desk.participants import addresses_of, is_person
from queues.desk.recipient import customer_of
from queues.ground import statuses
from queues.ground.undo_steps import FORWARD, Step, part_of
from queues.outgoing import attachments, mail_bytes
from queues.outgoing.attachments import Enclosed


class ForwardTicket(Command):
    """Sends text and files to someone who takes no part in the conversation, and never will by this."""

    def asked(self, change: Change) -> bool:
        """The change has a forward."""
        return change.forward is not None

    def check(self, work: TicketChange) -> None:
        """Refuse a reply at the same time, a recipient who is the customer or ours, and what no mail can carry."""
        asked, ticket = work.change.forward, work.ticket
        assert asked is not None
        if work.change.reply is not None:
            raise RuleError("Two mails", f"#{ticket.id}: forward and answer one after the other.")
        if ticket.status is Status.CLOSED:
            raise RuleError(
                "Ticket is closed", f"#{ticket.id} is closed; reopen it first (O, or `tridesk reopen {ticket.id}`)."
            )
        if not is_person(asked.to, work.rules.our_addresses):
            why = f"{asked.to or 'nothing'} is ours, a mailer daemon's or not a mail address; name another."
            raise RuleError("Not for forwarding", f"#{ticket.id}: {why}")
        if asked.to.casefold() in addresses_of(customer_of(work.store, ticket)):
            raise RuleError("The customer", f"#{ticket.id}: {asked.to} is the customer; write a reply instead.")
        if not work.rules.mails_through(ticket):
            system = ticket.connector.partition(":")[0]
            raise RuleError(
                "No mail account",
                f"#{ticket.id} is a ticket of {system}, and there is no mail account to forward it from; add one with "
                "`tridesk account add`, or forward it there.",
            )

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """Work on the ticket has begun; it is still our turn."""
        return statuses.begun(ticket.status)

    def write(self, work: TicketChange) -> None:
        """Build the mail, queue it, and keep what it said as a note."""
        asked, store, ticket, rules = work.change.forward, work.store, work.ticket, work.rules
        assert asked is not None
        connector = rules.mails_through(ticket)
        sender, number = rules.sender_for(connector), store.forwards.next_number()
        message_id = mail_bytes.new_message_id(f"f{number}", sender.address)
        subject = mail_bytes.one_line(asked.subject or f"Fwd: {ticket.subject}")
        enclosed = _enclosed(work)
        raw = mail_bytes.build(
            text=asked.text,
            subject=f"{subject} {forwards.subject_mark(number, message_id)}",
            sender=sender.address,
            brand=sender.brand,
            recipient=mail_bytes.addressee("", asked.to, connector),
            message_id=message_id,
            at=work.now,
            earlier=(),
            answers=False,
            enclosed=enclosed,
            signature=sender.signature_in(ticket.language),
            html=sender.html,
        )
        note = replace(
            messages.own_message(work, Direction.NOTE, f"Forwarded to {asked.to}\n\n{asked.text}"),
            subject=subject,
            message_id=message_id,
            recipients=(asked.to.casefold(),),
            attachments=tuple(file.described(position) for position, file in enumerate(enclosed, 1)),
        )
        stored = messages.insert(work, note)
        store.forwards.insert(SentForward(number, ticket.id, stored["message"], asked.to.casefold(), message_id))
        leaves_at = work.now + rules.undo_seconds
        entry = OutboxEntry(0, ticket.id, work.action, connector, OutboxState.QUEUED, message_id, asked.to, raw,
                            leaves_at)  # fmt: skip
        queued: Step = {"kind": messages.OUTBOX, "ticket": ticket.id, "entry": store.outbox.insert(entry)}
        sent: Step = {"kind": forwards.KIND, "ticket": ticket.id, "row": number}
        drafts = form_drafts.drop(store, ticket.id, asked.to, asked.text, ticket=ticket.id)
        work.steps.extend(part_of(FORWARD, [stored, queued, sent, *drafts]))
        work.detail["forwarded_to"] = asked.to

    def describe(self, change: Change) -> str:
        """Return where it was forwarded to."""
        return f"forwarded to {change.forward.to}" if change.forward is not None else ""


def _enclosed(work: TicketChange) -> list[Enclosed]:
    """Return the files of the ticket and our own that go along. Raises RuleError if they are too large."""
    asked = work.change.forward
    assert asked is not None
    files = [Enclosed(file.filename, file.content_type, file.content) for file in asked.files]
    files += attachments.read(work.change.attachments)
    size = sum(len(file.content) for file in files)
    if size > MOST_ENCLOSED:
        raise RuleError(
            "Files too large",
            f"#{work.ticket.id}: the files have {size:,} bytes; a mail may carry {MOST_ENCLOSED:,}. Leave some out.",
        )
    return files
