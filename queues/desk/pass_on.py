"""Sends a reply that a colleague wrote at another desk, where it was checked: through this desk's outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import RuleError
from data.records.changes import Change
from data.records.messages import Direction, Message, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import addresses_of, participants
from queues.desk.recipient import address_of, copies_of, customer_of, name_of, recipient_of, thread_of
from queues.desk.ticket_fields import changed_fields, with_clocks, write_fields
from queues.outgoing import mail_bytes
from queues.outgoing.attachments import Enclosed


@dataclass(frozen=True, slots=True)
class ColleaguesReply:
    """A reply as it was written at another desk."""

    author: str
    message_id: str
    """Fixed there; it is sent under this one."""
    recipient: str
    """Who it was written to; empty for whoever a reply of this desk would go to."""
    text: str
    at: int
    files: Sequence[Enclosed] = ()


def pass_on(
    store: Store, rules: DeskRules, ticket: Ticket, reply: ColleaguesReply, connector: str, action: int, now: int
) -> int:
    """Store the reply as a message, queue it in the outbox of a mail account, and return the message's number.

    Raises RuleError if there is no address to send to, or it is not one of the ticket's people.
    """
    earlier = store.messages.of(ticket.id)
    to = reply.recipient or recipient_of(store, rules, ticket, earlier)
    _refuse_stranger(store, rules, ticket, earlier, to)
    cc = copies_of(store, rules, ticket, earlier, Change(), to)
    sender, name = rules.sender_for(connector), name_of(store, ticket, earlier, to)
    raw = mail_bytes.build(
        text=reply.text, subject=ticket.subject, sender=sender.address, brand=sender.brand,
        recipient=mail_bytes.addressee(name, to, connector), message_id=reply.message_id, at=now,
        earlier=thread_of(store, rules, ticket, earlier), enclosed=reply.files,
        signature=sender.signature_in(ticket.language), html=sender.html, cc=cc,
    )  # fmt: skip
    message = Message(
        id=0, ticket_id=ticket.id, direction=Direction.OUT, kind=MessageKind.MAIL, from_name=reply.author,
        from_address=sender.address, subject=mail_bytes.reply_subject(ticket.subject), text=reply.text,
        new_text=reply.text, at=reply.at, received_at=now, language=ticket.language, confidence=1.0,
        message_id=reply.message_id, cc=cc,
        attachments=tuple(file.described(position) for position, file in enumerate(reply.files, 1)),
    )  # fmt: skip
    number = store.messages.insert(message)
    store.messages.refer(ticket.id, [reply.message_id])
    store.outbox.insert(
        OutboxEntry(0, ticket.id, action, connector, OutboxState.QUEUED, reply.message_id, to, raw, now, cc=cc)
    )
    fields = with_clocks(store, rules, ticket, {"updated_at": now, "merged_due": None}, now)
    write_fields(store, ticket, fields)
    detail = {"changed": changed_fields(ticket, fields), "connector": connector}
    store.events.add(action, ticket.id, now, reply.author, "reply", detail)
    return number


def _refuse_stranger(store: Store, rules: DeskRules, ticket: Ticket, earlier: Sequence[Message], to: str) -> None:
    """Raise RuleError for an address that no one of the ticket has: this desk's account writes to no others."""
    people = {person.address for person in participants(store, rules, ticket)}
    people |= addresses_of(customer_of(store, ticket)) | {address_of(store, rules, ticket, earlier).casefold()}
    if to.casefold() not in people and not store.messages.took_part(ticket.id, to.casefold()):
        raise RuleError("Not sent", f"{to} is not one of the people of #{ticket.id}; write from a desk of your own")
