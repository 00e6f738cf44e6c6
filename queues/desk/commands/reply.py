"""A reply to the customer: stored, queued in the outbox, with its rating request if its text has one."""

from __future__ import annotations

from dataclasses import replace

from data.errors import RuleError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status, Ticket
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange
from queues.desk.commands.decide_copies import refuse_too_many, refuse_unfit
from queues.desk.participants import without
from queues.desk.recipient import copies_of, name_of, recipient_of, thread_of
from queues.ground import statuses
from queues.ground.undo_steps import REPLY, part_of
from queues.mail.own_mailbox import is_ours
from queues.outgoing import attachments, mail_bytes
from queues.quality import csat


class Reply(Command):
    """Answers the customer; the ticket waits for them unless the agent decides otherwise."""

    def asked(self, change: Change) -> bool:
        """The change has a reply; even an empty reply counts, to be refused."""
        return change.reply is not None

    def check(self, work: TicketChange) -> None:
        """Refuse a draft that was already sent, an address of ours, an unfit Cc and a closed ticket."""
        ticket, change = work.ticket, work.change
        messages.refuse_stale_draft(work.store, ticket, change.draft)
        if change.recipient and is_ours(change.recipient, work.rules.our_addresses):
            raise RuleError("Our own address", f"#{ticket.id}: {change.recipient} is an address of ours; name another.")
        if change.cc is not None:
            cc = without(change.cc, "")
            refuse_unfit(work.rules, ticket, cc)
            refuse_too_many(ticket, len(cc))
        if ticket.status is Status.CLOSED:
            raise RuleError(
                "Ticket is closed", f"#{ticket.id} is closed; reopen it first (O, or `tridesk reopen {ticket.id}`)."
            )

    def status_after(self, ticket: Ticket, change: Change) -> Status:
        """It is the customer's turn."""
        return statuses.after_reply(ticket.status)

    def write(self, work: TicketChange) -> None:
        """Build the mail, store it as a message, queue it, and delete its draft."""
        assert work.change.reply is not None
        store, ticket, change, text = work.store, work.ticket, work.change, work.change.reply
        earlier = store.messages.of(ticket.id)
        to = change.recipient or recipient_of(store, work.rules, ticket, earlier)
        cc = copies_of(store, work.rules, ticket, earlier, change, to)
        sender = work.rules.sender_for(ticket.connector)
        message_id = mail_bytes.new_message_id(ticket.id, sender.address)
        language = change.reply_language or ticket.language
        enclosed = attachments.read(change.attachments)
        raw = mail_bytes.build(
            text=text,
            subject=change.subject or ticket.subject,
            sender=sender.address,
            brand=sender.brand,
            recipient=mail_bytes.addressee(name_of(store, ticket, earlier, to), to, ticket.connector),
            message_id=message_id,
            at=work.now,
            earlier=thread_of(store, work.rules, ticket, earlier),
            answers=not change.subject,
            enclosed=enclosed,
            signature=sender.signature_in(language),
            html=sender.html,
            cc=cc,
        )
        message = messages.own_message(
            work, Direction.OUT, text, sender=sender.address, language=language, macro=change.macro
        )
        message = replace(
            message,
            message_id=message_id,
            subject=mail_bytes.one_line(change.subject) or message.subject,
            attachments=tuple(file.described(position) for position, file in enumerate(enclosed, 1)),
            procedure=work.gates.followed(ticket),
            cc=cc,
        )
        stored = messages.insert(work, message)
        store.messages.refer(ticket.id, [message_id])
        leaves_at = work.now + work.rules.undo_seconds
        entry = OutboxEntry(
            0, ticket.id, work.action, ticket.connector, OutboxState.QUEUED, message_id, to, raw, leaves_at,
            draft=change.draft, cc=cc,
        )  # fmt: skip
        queued = {"kind": messages.OUTBOX, "ticket": ticket.id, "entry": store.outbox.insert(entry)}
        asks = csat.ask(store, ticket, text, stored["message"], change.macro, work.now, work.agent)
        dropped = messages.drop_draft(store, ticket.id, Direction.OUT, text)
        work.steps.extend(part_of(REPLY, [stored, queued, *asks, *dropped]))
        work.fields["merged_due"] = None
        if cc:
            work.detail["cc"] = list(cc)
        _note_origin(work, asks_rating=bool(asks))

    def describe(self, change: Change) -> str:
        """Return that it was answered."""
        return "replied"


def _note_origin(work: TicketChange, *, asks_rating: bool) -> None:
    """Record in the event what the reply was made from."""
    change = work.change
    kept = {
        "macro": change.macro,
        "reply_language": change.reply_language,
        "verbatim": change.verbatim,
        "procedure": work.gates.followed(work.ticket),
        "asked_rating": asks_rating,
    }
    work.detail.update({name: value for name, value in kept.items() if value})
    if change.edited is not None:
        work.detail["edited"] = change.edited
