"""Flags of a mailbox and the state of its tickets follow each other: after a commit here, or news from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from data.errors import UnreachableError
from data.records import OutboxEntry, RemoteMail, Status, Ticket
from queues.connectors.imap import Mailbox
from queues.connectors.imap_answers import Flags, Selected
from queues.desk import Desk
from queues.remotes.account_filing import Filing
from queues.remotes.accounts import Account
from queues.remotes.marks import ANSWERED, SOLVED, claim_of, claimed_by, marking, without_claims

_EVENTS_AT_ONCE = 500
_TRIES = 5
"""How often a claim is tried again because something else than a claim changed meanwhile."""
_WAITING = frozenset({Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SNOOZED})


class Following:
    """Pushes and pulls the flags of one account. A claim is won or lost on the server, never here."""

    def __init__(self, desk: Desk, account: Account, filing: Filing, tell: Callable[[str], object]) -> None:
        self._desk, self._account, self._filing, self._tell = desk, account, filing, tell
        self._store = desk.store
        self._mailbox, self._uidvalidity = account.mailbox, 0
        self.can_claim = False

    def select(self, mailbox: str, selected: Selected) -> None:
        """Take note of the mailbox that was opened."""
        self._mailbox, self._uidvalidity = mailbox, selected.uidvalidity
        self.can_claim = selected.keywords
        mark = self._filing.mark(mailbox)
        if mark.get("uidvalidity") != selected.uidvalidity:
            with self._store.write():
                self._store.remote.lost_before(self._account.connector, mailbox, selected.uidvalidity)
                fresh = {"uidvalidity": selected.uidvalidity, "uid": 0, "modseq": selected.modseq}
                self._filing.put_mark(mailbox, fresh)

    def pull(self, box: Mailbox) -> bool:
        """Take in what changed on the server; tell whether somebody answered."""
        mark = self._filing.mark(self._mailbox)
        connector = self._account.connector
        if box.condstore and mark.get("modseq"):
            changed, gone = box.changes_since(mark["modseq"])
        else:
            watched = self._store.remote.watched(connector, self._mailbox, self._uidvalidity)
            changed = box.flags(watched)
            gone = sorted(set(watched) - {one.uid for one in changed})
        if not changed and not gone:
            return False
        known = {one.uid: one for one in self._store.remote.at(connector, self._mailbox, self._uidvalidity,
                                                              [one.uid for one in changed])}  # fmt: skip
        answered = False
        with self._store.write():
            for one in changed:
                if one.uid in known:
                    answered |= self._take(known[one.uid], one)
            self._store.remote.lost(connector, self._mailbox, self._uidvalidity, gone)
            newest = max((one.modseq for one in changed), default=0)
            mark = self._filing.mark(self._mailbox)
            self._filing.put_mark(self._mailbox, mark | {"modseq": max(mark.get("modseq", 0), newest)})
        return answered

    def _take(self, mail: RemoteMail, flags: Flags) -> bool:
        """Let the ticket follow one mail's flags; tell whether it was newly answered."""
        now = flags.flags - {"\\Recent"}
        self._store.remote.flagged(mail, now, flags.modseq)
        ticket = self._store.tickets.get(mail.ticket_id) if mail.ticket_id is not None else None
        if ticket is None:
            return False
        before, after = claimed_by(mail.flags), claimed_by(now)
        if before != after and self._is_anchor(mail):
            self._follow_claim(ticket, after)
        latest = next(iter(self._mails(ticket.id)[-1:]), mail)
        solves = SOLVED in now and SOLVED not in mail.flags and latest.uid == mail.uid
        if solves and ticket.status in _WAITING:  # whoever solved it had not seen a mail after this one
            self._desk.follow(ticket.id, self._account.connector, status=Status.SOLVED)
        elif SOLVED in mail.flags and SOLVED not in now and ticket.status is Status.SOLVED:
            self._desk.follow(ticket.id, self._account.connector, status=Status.OPEN)
        return ANSWERED in now and ANSWERED not in mail.flags

    def _follow_claim(self, ticket: Ticket, agent: str) -> None:
        if agent == ticket.assignee:
            return
        self._desk.follow(ticket.id, self._account.connector, assignee=agent)
        if agent and ticket.assignee:
            self._tell(f"#{ticket.id} is {agent}'s now.")

    def _is_anchor(self, mail: RemoteMail) -> bool:
        anchor = self._anchor(mail.ticket_id or 0)
        return anchor is not None and (anchor.uid, anchor.uidvalidity) == (mail.uid, mail.uidvalidity)

    def _anchor(self, ticket_id: int) -> RemoteMail | None:
        """Return the mail that bears the ticket's claim: its first that is still in the mailbox, the same for all."""
        return next(iter(self._mails(ticket_id)), None)

    def _mails(self, ticket_id: int) -> list[RemoteMail]:
        place = (self._account.connector, self._mailbox, self._uidvalidity)
        return [
            mail
            for mail in self._store.remote.of_ticket(ticket_id)
            if not mail.gone and (mail.connector, mail.mailbox, mail.uidvalidity) == place
        ]

    @property
    def _key(self) -> str:
        return f"marked.{self._account.connector}"

    def behind(self) -> bool:
        """Tell whether something happened here that the server was not told."""
        return self._store.events.newest() > int(self._store.settings.get(self._key) or 0)

    def push(self, box: Mailbox) -> None:
        """Mark on the server what happened here since the last time."""
        while True:
            done = int(self._store.settings.get(self._key) or 0)
            events = self._store.events.after(done, _EVENTS_AT_ONCE)
            if not events:
                return
            for ticket_id in dict.fromkeys(event.ticket_id for event in events):
                self._push_ticket(box, ticket_id)
            with self._store.write(bulk=True):
                self._store.settings.put(self._key, events[-1].id)

    def _push_ticket(self, box: Mailbox, ticket_id: int) -> None:
        ticket = self._store.tickets.get(ticket_id)
        if ticket is None or (ticket.status is Status.NEW and not ticket.assignee and not ticket.touches):
            return  # nothing to say of it
        mails = self._mails(ticket_id)
        if not mails:
            return
        if claimed_by(mails[0].flags) != ticket.assignee and self.can_claim:
            self._claim(box, mails[0], ticket, ticket.assignee)
        last_sent = self._store.outbox.last_sent(ticket_id)
        for mail in self._mails(ticket_id):
            wanted = marking(mail, ticket, last_sent)
            if not self.can_claim:  # a server without keywords still knows seen and answered
                wanted = type(wanted)(wanted.add - {SOLVED}, wanted.remove)
            if wanted:
                box.stop_waiting()
                box.mark(mail.uid, add=wanted.add, remove=wanted.remove)
                with self._store.write(bulk=True):
                    self._store.remote.flagged(mail, (mail.flags | wanted.add) - wanted.remove, 0)

    def claim_for(self, box: Mailbox, entry: OutboxEntry) -> str:
        """Claim the ticket of a reply that is about to leave; return why it must not, nothing where it may."""
        anchor, ticket = self._anchor(entry.ticket_id), self._store.tickets.get(entry.ticket_id)
        if not self.can_claim or anchor is None or ticket is None or entry.cleared:
            return ""
        box.stop_waiting()
        me = self._desk.agent
        found = next(iter(box.flags([anchor.uid])), None)
        if found is None:
            return ""  # it is gone from the mailbox: nobody can claim it there any more
        owner = claimed_by(found.flags)
        if not owner:
            known = replace(anchor, flags=without_claims(anchor.flags), modseq=found.modseq)
            owner = self._claim(box, known, ticket, me)
        return "" if owner == me else f"{owner} has this ticket"

    def _claim(self, box: Mailbox, mail: RemoteMail, ticket: Ticket, agent: str) -> str:
        """Try to make the ticket an agent's (or nobody's) on the server; return whose it is now.

        The ticket here follows the server: who was first there has it, and who was not is told.
        """
        base, modseq = claimed_by(mail.flags), mail.modseq
        for _ in range(_TRIES):
            box.stop_waiting()
            won = self._store_claim(box, mail.uid, modseq, base, agent)
            found = next(iter(box.flags([mail.uid])), None)
            if found is None:
                return agent  # it is gone from the mailbox: nobody can claim it there any more
            modseq = found.modseq
            with self._store.write():
                # only the claim is taken note of here: what else changed is still to be pulled
                claims = found.flags - without_claims(found.flags)
                self._store.remote.flagged(mail, without_claims(mail.flags) | claims, modseq)
            owner = claimed_by(found.flags)
            if won or owner != base:
                break
        else:
            raise UnreachableError("Not claimed", f"#{ticket.id} keeps changing on the server; it is tried again.")
        if owner != ticket.assignee:
            self._desk.follow(ticket.id, self._account.connector, assignee=owner)
        if owner != agent and owner:
            self._tell(f"#{ticket.id} is {owner}'s: {owner} was first.")
        return owner

    def _store_claim(self, box: Mailbox, uid: int, modseq: int, base: str, agent: str) -> bool:
        """Change the claim if it is still `base`; tell whether that was done."""
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
        """Claim on a server that cannot compare: who sees anybody else's claim after setting the own takes it back."""
        mine = claim_of(agent)
        box.mark(uid, add=[mine])
        found = box.flags([uid])
        others = found[0].flags - without_claims(found[0].flags) - {mine, claim_of(base)} if found else frozenset()
        if others:
            box.mark(uid, remove=[mine])
        return not others
