"""Replies of ours on their way into a ticketing system: looked at once more, then offered short of the last byte."""

from __future__ import annotations

from collections.abc import Collection
from email import message_from_bytes
from email.message import Message
from email.policy import default

from data.errors import HeldError, RefusedError
from data.records.messages import Message as Written
from data.records.outbox import OutboxEntry, Proof
from data.records.tickets import UNKNOWN_LANGUAGE, Ticket
from queues.connectors.base import Offered, RemoteReply, RemoteTicket
from queues.connectors.web import StaleError
from queues.desk.escalations import is_to_others
from queues.outgoing.outbox import HELD_BY
from queues.remotes.tracker_fetching import Fetching
from queues.remotes.tracker_mirror import Mirror
from queues.remotes.tracker_sent import SentByUs

TRIES = 3
"""How often a reply is offered whose ticket changes there at that moment."""


class Replies:
    """The system as the outbox sees it."""

    per_day = 0
    to_copy = False

    def __init__(self, mirror: Mirror, sent_by_us: SentByUs, fetching: Fetching) -> None:
        self._mirror, self._sent_by_us, self._fetching, self._store = mirror, sent_by_us, fetching, mirror.store
        self.per_minute = mirror.tracker.per_minute
        self._versions: dict[int, str] = {}

    def offer(self, entry: OutboxEntry) -> _Offer:
        """Hand a reply over, short of its last byte."""
        return _Offer(self, entry, *self.handed_over(entry))

    def handed_over(self, entry: OutboxEntry) -> tuple[int, RemoteReply, Offered]:
        """Return our message's number, the reply that it becomes, and its offer to the system."""
        tracker = self._mirror.tracker
        ticket = self._store.tickets.get(entry.ticket_id)
        own = self._store.messages.sent_by_us(entry.ticket_id, entry.message_id)
        if ticket is None or own is None or is_to_others(entry):
            raise RefusedError("Not sent", f"{tracker.name} answers tickets only; set up a mail account for others.")
        remote = self._mirror.system.ticket(ticket.external_ref)
        if remote.people and entry.recipient.casefold() not in remote.people:
            raise RefusedError(
                "Not sent", f"{tracker.name} sends only to the ticket's own people, and {entry.recipient} is none of "
                "them; add them there.",
            )  # fmt: skip
        reply = self._reply(entry, ticket, own, remote)
        return own.id, reply, self._mirror.system.offer(reply)

    def sent(self, own: int, reply: RemoteReply, number: int) -> None:
        """Note under which number the system has our message, and the status that went with it."""
        self._sent_by_us.sent(own, number)
        if reply.status:
            self._mirror.did(reply.ref, status=reply.status)

    def send(self, entry: OutboxEntry) -> None:
        """Send a reply in one go."""
        self.offer(entry).finish()

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        """Return that only the feed shows it."""
        return None

    def holds(self, entry: OutboxEntry) -> str:
        """Look once more before a reply leaves; return why it must not, nothing if it may."""
        ticket = self._store.tickets.get(entry.ticket_id)
        if ticket is None or not ticket.external_ref or is_to_others(entry):
            return ""
        system, ref = self._mirror.system, ticket.external_ref
        try:
            # the version first, then what happened: what happens after that makes the version untrue
            remote = system.ticket(ref)
            reason = self._newer(entry, ref)
            if not (reason or remote.owner or entry.cleared):
                remote = system.take(ref, "")
                reason = self._newer(entry, ref) if remote.version else ""
        except RefusedError:
            return ""  # the reply is refused for the same reason, and says so in the outbox
        self._versions[entry.id] = remote.version
        # whose it is there is noted, whatever else holds the reply: what was just taken is not reported again
        owned = "" if entry.cleared else self._held_by_owner(entry.ticket_id, remote)
        return reason or owned

    def _newer(self, entry: OutboxEntry, ref: str) -> str:
        """Read what happened to a ticket; return why a reply to it must wait."""
        self._fetching.look(ref)
        newer = self._store.messages.answered_by_newer(entry.ticket_id, entry.message_id, entry.cleared)
        return HELD_BY[newer] if newer else ""

    def _held_by_owner(self, ticket_id: int, remote: RemoteTicket) -> str:
        """Let the ticket be whose it is there; return why a reply must wait where a colleague has it."""
        mirror = self._mirror
        owner = mirror.here(remote.owner)
        mirror.did(remote.ref, owner=remote.owner)
        ticket = self._store.tickets.get(ticket_id)
        if ticket is not None and owner != ticket.assignee:
            mirror.desk.follow(ticket_id, mirror.name, assignee=owner)
        return "" if owner in ("", mirror.desk.agent) else f"{owner} has this ticket"

    def _reply(self, entry: OutboxEntry, ticket: Ticket, own: Written, remote: RemoteTicket) -> RemoteReply:
        """Return a reply as the system takes it, with the status and the fields that go with it."""
        tracker = self._mirror.tracker
        names = tracker.fields
        language = own.language if own.language != UNKNOWN_LANGUAGE else ""
        values = {names.macro: own.macro, names.language: language, names.procedure: own.procedure}
        mail = message_from_bytes(entry.raw, policy=default)
        body = mail.get_body(("plain",))
        return RemoteReply(
            ticket.external_ref,
            entry.message_id.strip("<>"),
            str(body.get_content()).replace("\r\n", "\n").rstrip("\n") if body is not None else own.text,
            self._mirror.wanted(ticket, remote),
            {name: value for name, value in values.items() if value and name in remote.fields},
            tuple(_file(part) for part in mail.iter_attachments()),
            self._versions.pop(entry.id, ""),
            frozenset(ticket.tags),
            entry.recipient,
        )


class _Offer:
    """A reply that lacks its last byte, and the message that it is."""

    proofs: Collection[Proof] = ()
    """None is asked for: a ticketing system is asked itself whether a reply arrived."""

    def __init__(self, replies: Replies, entry: OutboxEntry, own: int, reply: RemoteReply, offer: Offered) -> None:
        self._replies, self._entry, self._own, self._reply, self._offer = replies, entry, own, reply, offer

    def finish(self) -> None:
        """Have it taken, and note the number that it got; one whose ticket just changed there is looked at again."""
        for _ in range(TRIES):
            try:
                number = self._offer.finish()
            except StaleError:
                reason = self._replies.holds(self._entry)
                if reason:
                    raise HeldError("Held", reason) from None
                self._own, self._reply, self._offer = self._replies.handed_over(self._entry)
            else:
                self._replies.sent(self._own, self._reply, number if isinstance(number, int) else 0)
                return
        self._offer.drop()
        raise HeldError("Held", "its ticket keeps changing there")

    def drop(self) -> None:
        """Have it forgotten."""
        self._offer.drop()


def _file(part: Message) -> tuple[str, str, bytes]:
    content = part.get_payload(decode=True)
    return (
        part.get_filename() or "attachment",
        part.get_content_type(),
        content if isinstance(content, bytes) else b"",
    )
