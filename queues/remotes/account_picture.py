"""What the flags of a mailbox say of its tickets, read into the desk: as state on first sight, as news afterwards.

A flag that is there is a fact that a colleague's desk or mail program put there. One that is missing does not affect a
mail that is seen for the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from data.records.outbox import RemoteMail
from data.records.tickets import Status, Ticket
from queues.accounts.mail_account import Account
from queues.connectors.imap_answers import Flags, Selected
from queues.desk.desk import Desk
from queues.ground.statuses import DONE
from queues.remotes.acts import by_agent
from queues.remotes.mail_flags import ANSWERED, SOLVED, claimed_by, without_claims

_EVENTS_AT_ONCE = 500
_WORKED_ON = DONE | {Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SNOOZED}
"""The statuses that a ticket gets only when someone looked at it."""


class Picture:
    """The tickets of one mailbox as its flags show them to every desk."""

    def __init__(self, desk: Desk, account: Account, tell: Callable[[str], object]) -> None:
        self._desk, self._account, self._tell = desk, account, tell
        self._store, self._connector = desk.store, account.connector
        self._mailbox, self._uidvalidity = account.mailbox, 0

    def select(self, mailbox: str, selected: Selected) -> None:
        """Take note of the mailbox that was opened."""
        self._mailbox, self._uidvalidity = mailbox, selected.uidvalidity

    def mails(self, ticket_id: int) -> list[RemoteMail]:
        """Return a ticket's mails that are in the mailbox, as they arrived."""
        place = (self._connector, self._mailbox, self._uidvalidity)
        return [
            mail
            for mail in self._store.remote.of_ticket(ticket_id)
            if not mail.gone and (mail.connector, mail.mailbox, mail.uidvalidity) == place
        ]

    def anchor(self, ticket_id: int) -> RemoteMail | None:
        """Return the mail that carries the ticket's claim: its first that is still in the mailbox, the same for all."""
        return next(iter(self.mails(ticket_id)), None)

    # How far what was done here is on the server

    @property
    def _key(self) -> str:
        return f"marked.{self._connector}"

    def pushed(self) -> int:
        """Return the number of the latest event whose outcome is on the server."""
        return int(self._store.settings.get(self._key) or 0)

    def save_pushed(self, number: int) -> None:
        """Remember that number."""
        with self._store.write(bulk=True):
            self._store.settings.save(self._key, number)

    def _unpushed(self, ticket_id: int) -> bool:
        """Return whether an agent changed a ticket here and that is not on the server yet."""
        events = self._store.events.after(self.pushed(), _EVENTS_AT_ONCE)
        return any(event.ticket_id == ticket_id and by_agent(event) for event in events)

    # What the server says

    def first_sight(self, place: RemoteMail, ticket_id: int) -> None:
        """Let the ticket in which a mail was just filed be as the mail's flags say, unless an agent here goes first."""
        ticket = self._store.tickets.get(ticket_id)
        mails = self.mails(ticket_id)
        if ticket is None or ticket.status is Status.HISTORY or not mails or self._unpushed(ticket_id):
            return  # history was answered, or not, before there was a desk
        owner = claimed_by(place.flags) if _same(mails[0], place) else ""
        status = self._status(ticket, place.flags) if _same(mails[-1], place) else None
        if owner in ("", ticket.assignee) and status is None:
            return
        status = status or _taken(ticket, owner)
        at = max(place.arrived_at, ticket.updated_at)
        self._desk.follow(ticket_id, self._connector, assignee=owner or None, status=status, at=at)

    def take(self, mail: RemoteMail, flags: Flags) -> bool:
        """Let the ticket follow what changed on a mail that is known; return whether it was newly answered."""
        now = flags.flags - {"\\Recent"}
        self._store.remote.flagged(mail, now, flags.modseq)
        ticket = self._store.tickets.get(mail.ticket_id) if mail.ticket_id is not None else None
        mails = self.mails(ticket.id) if ticket is not None else []
        if ticket is None or not mails:
            return False
        before, after = claimed_by(mail.flags), claimed_by(now)
        if before != after and (_same(mails[0], mail) or (after and self._is_free_and_merged(ticket))):
            self.follow_claim(ticket, after)
        if _same(mails[-1], mail):  # whoever solved or answered an earlier one had not seen this one
            self._follow_status(ticket, self._status(ticket, now - mail.flags))
        unmarked = SOLVED in mail.flags and not any(SOLVED in remote_mail.flags for remote_mail in mails)
        if unmarked and ticket.status is Status.SOLVED:
            self._follow_status(ticket, Status.OPEN)
        return ANSWERED in now and ANSWERED not in mail.flags

    def _is_free_and_merged(self, ticket: Ticket) -> bool:
        """Return whether any mail's claim is one on the ticket: a colleague sees what was merged as several."""
        return not ticket.assignee and self._store.tickets.holds_merged(ticket.id)

    def settle_claim(self, ticket: Ticket, mail: RemoteMail, flags: Flags) -> str:
        """Let a ticket be whose its mail is on the server by flags that were asked for; return whose that is.

        Only the claim is taken note of: what else changed is still to be pulled.
        """
        claims = flags.flags - without_claims(flags.flags)
        owner = claimed_by(claims)
        with self._store.write():
            self._store.remote.flagged(mail, without_claims(mail.flags) | claims, flags.modseq)
            if owner != ticket.assignee:
                self._desk.follow(ticket.id, self._connector, assignee=owner, status=_taken(ticket, owner))
        return owner

    def follow_claim(self, ticket: Ticket, agent: str) -> None:
        """Let a ticket here be whose it is on the server."""
        if agent == ticket.assignee:
            return
        self._desk.follow(ticket.id, self._connector, assignee=agent, status=_taken(ticket, agent))
        if agent and ticket.assignee:
            self._tell(f"#{ticket.id} is {agent}'s now.")

    def _status(self, ticket: Ticket, flags: Iterable[str]) -> Status | None:
        """Return the status that flags give a ticket, None if they leave it as it is."""
        if SOLVED in flags:
            return None if ticket.status in DONE else Status.SOLVED
        waits_for_us = ticket.status is Status.OPEN or ticket.status not in _WORKED_ON
        return Status.PENDING if ANSWERED in flags and waits_for_us else None

    def _follow_status(self, ticket: Ticket, status: Status | None) -> None:
        if status is not None:
            self._desk.follow(ticket.id, self._connector, status=status)


def without_claim(mail: RemoteMail, modseq: int) -> RemoteMail:
    """Return a mail as it is known to carry no claim at a mod-sequence."""
    return replace(mail, flags=without_claims(mail.flags), modseq=modseq)


def _taken(ticket: Ticket, agent: str) -> Status | None:
    """Return the status that a ticket gets with an agent: it is new no longer, as if it had been taken here."""
    return Status.OPEN if agent and ticket.status not in _WORKED_ON else None


def _same(mail: RemoteMail, other: RemoteMail) -> bool:
    return (mail.mailbox, mail.uidvalidity, mail.uid) == (other.mailbox, other.uidvalidity, other.uid)
