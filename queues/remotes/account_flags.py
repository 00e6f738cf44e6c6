"""What agents did here, marked on the server: who has a ticket, that it was answered, that it is solved.

Only what an agent did at this desk is marked there; what came in by itself or followed the server changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from data.errors import UnreachableError
from data.records.outbox import OutboxEntry, RemoteMail
from data.records.tickets import Ticket
from queues.accounts.mail_account import Account
from queues.connectors.imap import Mailbox
from queues.connectors.imap_answers import Selected
from queues.desk.desk import Desk
from queues.remotes.account_filing import Filing
from queues.remotes.account_picture import Picture, without_claim
from queues.remotes.acts import by_agent, changed_hands, status_by_agent
from queues.remotes.mail_flags import SOLVED, claim_of, claimed_by, marking, without_claims

_EVENTS_AT_ONCE = 500
_TRIES = 5
"""How often a claim is tried again because something else than a claim changed in the meantime."""


class Following:
    """Pushes and pulls the flags of one account. A claim is won or lost on the server, never here."""

    def __init__(self, desk: Desk, account: Account, filing: Filing, tell: Callable[[str], object]) -> None:
        self._desk, self._account, self._filing, self._tell = desk, account, filing, tell
        self._store = desk.store
        self._mailbox, self._uidvalidity = account.mailbox, 0
        self.picture = Picture(desk, account, tell)
        self.can_claim = False

    def select(self, mailbox: str, selected: Selected) -> None:
        """Take note of the mailbox that was opened."""
        self._mailbox, self._uidvalidity = mailbox, selected.uidvalidity
        self.picture.select(mailbox, selected)
        self.can_claim = selected.keywords
        mark = self._filing.mark(mailbox)
        if mark.get("uidvalidity") != selected.uidvalidity:
            with self._store.write():
                self._store.remote.lost_before(self._account.connector, mailbox, selected.uidvalidity)
                fresh = {"uidvalidity": selected.uidvalidity, "uid": 0, "modseq": selected.modseq}
                self._filing.save_mark(mailbox, fresh)

    def pull(self, box: Mailbox) -> bool:
        """Take in what changed on the server; return whether someone answered."""
        mark = self._filing.mark(self._mailbox)
        connector = self._account.connector
        if box.condstore and mark.get("modseq"):
            changed, gone = box.changes_since(mark["modseq"])
        else:
            watched = self._store.remote.watched(connector, self._mailbox, self._uidvalidity)
            changed = box.flags(watched)
            gone = sorted(set(watched) - {flags.uid for flags in changed})
        if not changed and not gone:
            return False
        known = {mail.uid: mail for mail in self._store.remote.at(connector, self._mailbox, self._uidvalidity,
                                                              [flags.uid for flags in changed])}  # fmt: skip
        answered = False
        with self._store.write():
            for flags in changed:
                if flags.uid in known:
                    answered |= self.picture.take(known[flags.uid], flags)
            self._store.remote.lost(connector, self._mailbox, self._uidvalidity, gone)
            newest = max((flags.modseq for flags in changed), default=0)
            mark = self._filing.mark(self._mailbox)
            self._filing.save_mark(self._mailbox, mark | {"modseq": max(mark.get("modseq", 0), newest)})
        return answered

    @property
    def _answered_key(self) -> str:
        return f"answered.{self._account.connector}"

    def has_unpushed(self) -> bool:
        """Return whether something happened here that is not on the server yet."""
        return self._store.events.newest() > self.picture.pushed()

    def push(self, box: Mailbox) -> None:
        """Mark on the server what happened here since the last time."""
        self._push_acts(box)
        self._push_answers(box)

    def _push_acts(self, box: Mailbox) -> None:
        while events := self._store.events.after(self.picture.pushed(), _EVENTS_AT_ONCE):
            claims = {event.ticket_id for event in events if changed_hands(event)}
            for ticket_id in dict.fromkeys(event.ticket_id for event in events):
                self._push_ticket(box, ticket_id, claim=ticket_id in claims)
            self.picture.save_pushed(events[-1].id)

    def _push_answers(self, box: Mailbox) -> None:
        """Mark what left since the last time; a reply leaves when its undo window is over, long after its event."""
        connector = self._account.connector
        since = int(self._store.settings.get(self._answered_key) or 0)
        answered = self._store.outbox.answered_since(connector, since)  # those of its last second once more
        for ticket_id in answered:
            self._push_ticket(box, ticket_id)
        if max(answered.values(), default=0) > since:
            with self._store.write(bulk=True):
                self._store.settings.save(self._answered_key, max(answered.values()))

    def _push_ticket(self, box: Mailbox, ticket_id: int, *, claim: bool = False) -> None:
        """Mark what agents did with a ticket here; a ticket without such work stays as others marked it."""
        ticket, events = self._store.tickets.get(ticket_id), self._store.events.of(ticket_id)
        if ticket is None or not any(by_agent(event) for event in events):
            return
        mails = self.picture.mails(ticket_id)
        if not mails:
            return
        if self.can_claim and claimed_by(mails[0].flags) != ticket.assignee and (
            claim or (ticket.assignee == self._desk.agent and not claimed_by(mails[0].flags))
        ):  # fmt: skip
            self._claim(box, mails[0], ticket, ticket.assignee)
        if self.can_claim and self._store.tickets.holds_merged(ticket_id):
            self._claim_all(box, self._store.tickets.get(ticket_id) or ticket)
        last_sent, decided = self._store.outbox.last_sent(ticket_id), status_by_agent(events)
        for mail in self.picture.mails(ticket_id):
            wanted = marking(mail, ticket, last_sent, latest=mail.uid == mails[-1].uid, decided=decided)
            if not self.can_claim:  # a server without keywords still knows seen and answered
                wanted = type(wanted)(wanted.add - {SOLVED}, wanted.remove)
            if wanted:
                box.stop_waiting()
                box.mark(mail.uid, add=wanted.add, remove=wanted.remove)
                with self._store.write(bulk=True):
                    self._store.remote.flagged(mail, (mail.flags | wanted.add) - wanted.remove, 0)

    def claim_for(self, box: Mailbox, entry: OutboxEntry) -> str:
        """Claim the ticket of a reply that is about to leave; return why it must not, nothing if it may."""
        anchor, ticket = self.picture.anchor(entry.ticket_id), self._store.tickets.get(entry.ticket_id)
        if not self.can_claim or anchor is None or ticket is None or entry.cleared:
            return ""
        box.stop_waiting()
        me = self._desk.agent
        flags = next(iter(box.flags([anchor.uid])), None)
        if flags is None:
            return ""  # it is gone from the mailbox: it cannot be claimed there any more
        if claimed_by(flags.flags):  # the server has reported it, and will not again
            owner = self.picture.settle_claim(ticket, anchor, flags)
        else:
            owner = self._claim(box, without_claim(anchor, flags.modseq), ticket, me)
        if owner == me and self._store.tickets.holds_merged(ticket.id):
            others = box.flags([mail.uid for mail in self.picture.mails(ticket.id) if mail.uid != anchor.uid])
            owner = next((other for mail in others if (other := claimed_by(mail.flags)) not in ("", me)), me)
        return "" if owner == me else f"{owner} has this ticket"

    def _claim_all(self, box: Mailbox, ticket: Ticket) -> None:
        """Let each mail of a merged ticket be whose the ticket is: at other desks what was merged is still on its own.

        A colleague's claim stays; a reply is held by it.
        """
        for mail in self.picture.mails(ticket.id):
            if claimed_by(mail.flags) == ticket.assignee:
                continue
            box.stop_waiting()
            for flags in box.flags([mail.uid]):
                owner = claimed_by(flags.flags)
                if owner in ("", self._desk.agent) and owner != ticket.assignee:
                    self._store_claim(box, mail.uid, flags.modseq, owner, ticket.assignee)
            for flags in box.flags([mail.uid]):
                claims = flags.flags - without_claims(flags.flags)
                with self._store.write(bulk=True):
                    self._store.remote.flagged(mail, without_claims(mail.flags) | claims, flags.modseq)

    def _claim(self, box: Mailbox, mail: RemoteMail, ticket: Ticket, agent: str) -> str:
        """Try to make the ticket an agent's (or no one's) on the server; return whose it is now.

        The ticket here follows the server: the first agent there has it, and a second agent is notified.
        """
        base, modseq = claimed_by(mail.flags), mail.modseq
        for _ in range(_TRIES):
            box.stop_waiting()
            won = self._store_claim(box, mail.uid, modseq, base, agent)
            flags = next(iter(box.flags([mail.uid])), None)
            if flags is None:
                return agent  # it is gone from the mailbox: it cannot be claimed there any more
            modseq = flags.modseq
            if won or claimed_by(flags.flags) != base:
                break
        else:
            raise UnreachableError("Not claimed", f"#{ticket.id} keeps changing on the server; it is tried again.")
        owner = self.picture.settle_claim(ticket, mail, flags)
        if owner != agent and owner:
            self._tell(f"#{ticket.id} is {owner}'s: {owner} was first.")
        return owner

    def _store_claim(self, box: Mailbox, uid: int, modseq: int, base: str, agent: str) -> bool:
        """Change the claim if it is still `base`; return whether that was done."""
        if not agent:
            box.mark(uid, remove=[claim_of(base)])
            return True
        if box.condstore and modseq:
            won = bool(box.mark_unchanged(uid, modseq, add=[claim_of(agent)]))
        else:
            won = self._claim_politely(box, uid, base, agent)
        if won and base:
            box.mark(uid, remove=[claim_of(base)])
        return won

    def _claim_politely(self, box: Mailbox, uid: int, base: str, agent: str) -> bool:
        """Claim on a server that cannot compare: who sees anyone else's claim after setting the own takes it back."""
        mine = claim_of(agent)
        box.mark(uid, add=[mine])
        flags_list = box.flags([uid])
        others = (
            flags_list[0].flags - without_claims(flags_list[0].flags) - {mine, claim_of(base)}
            if flags_list
            else frozenset()
        )
        if others:
            box.mark(uid, remove=[mine])
        return not others
