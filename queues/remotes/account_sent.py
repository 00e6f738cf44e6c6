"""The folder of sent mail: our copies go there, doubts are settled there, other desks' answers are found there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.protocols import Clock
from data.records.outbox import OutboxState
from data.store import Store
from queues.connectors.email import EmailConnector
from queues.connectors.imap import Mailbox
from queues.connectors.imap_answers import Fetched
from queues.mail.headers import message_ids
from queues.remotes.account_filing import Answers, Filing

_HEADER = re.compile(r"^([A-Za-z-]+):((?:[^\r\n]|\r?\n[ \t])*)", re.M)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


class SentMail:
    """Reads and fills the folder of one account. Its methods open it: the caller opens its own mailbox again."""

    def __init__(self, store: Store, connector: EmailConnector, filing: Filing, clock: Clock) -> None:
        self._store, self._connector, self._filing, self._clock = store, connector, filing, clock
        self.folder = ""
        """Its name, empty if the server has none or it is the mailbox itself."""
        self._waiting: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        """UIDs and Message-IDs of sent mails whose ticket is not here, by the Message-ID that they answer."""
        self._uidvalidity = self._looked_at = 0

    def find(self, box: Mailbox) -> None:
        """Ask the server which folder it is."""
        result = self._connector.sent_folder(box)
        self.folder = "" if result == self._connector.account.mailbox else result

    def take_in(self, box: Mailbox) -> None:
        """Settle doubts, and keep what others sent from this account about our tickets."""
        if not self.folder:
            return
        self._settle_doubts(box)
        selected = box.select(self.folder)
        mark = self._filing.mark(self.folder)
        if mark.get("uidvalidity") != selected.uidvalidity:
            # next to a mailbox that was read without it, what was sent is history; next to one to be read, it belongs
            read = self._filing.mark(self._connector.account.mailbox).get("uid", 0)
            mark = {"uidvalidity": selected.uidvalidity, "uid": max(selected.uidnext - 1, 0) if read else 0}
            with self._store.write():
                self._filing.save_mark(self.folder, mark)
        self._uidvalidity = selected.uidvalidity
        self._take_new(box, mark["uid"])

    def _settle_doubts(self, box: Mailbox) -> None:
        """What is in this mailbox has been sent; of the other replies in doubt the agent decides."""
        for entry in self._store.outbox.waiting():
            if entry.connector != self._connector.name or entry.state is not OutboxState.IN_DOUBT:
                continue
            found, now = box.has_message(self.folder, entry.message_id), self._clock()
            with self._store.write():
                if found:
                    self._store.outbox.arrived(entry.id, OutboxState.IN_DOUBT, now)
                else:
                    self._store.outbox.looked_for(entry.id, now)

    def _take_new(self, box: Mailbox, above: int) -> None:
        """Keep what answers a ticket here; what answers a mail that was not read yet waits for it."""
        uids = box.uids_after(above, self._connector.account.since)
        self._waiting.clear()
        self._looked_at = max(uids, default=above)
        wanted = []
        for uid, lines in sorted(box.thread_headers(uids).items()) if uids else []:
            own, answered = _thread(lines)
            tickets = self._store.messages.tickets_referring((*answered, *own))
            if not tickets and answered:
                self._waiting.setdefault(answered[0], []).append((uid, own))
            elif not any(self._store.messages.sent_by_us(ticket, value) for ticket in tickets for value in own):
                wanted += [uid] if tickets else []
        for group in filter(None, box.fetch(wanted)):
            with self._store.write(bulk=True):
                mark = self._filing.mark(self.folder)  # only what waits for nothing is done with
                self._filing.keep(self.folder, self._uidvalidity, group)
                self._filing.save_mark(self.folder, mark)
        if not self._waiting:
            self.read_through()

    def answers(self, box: Mailbox, group: Sequence[Fetched]) -> Answers | None:
        """Return the sent mails that wait for one of a group of mails; opens the folder where there are any."""
        results = {mail.uid: self._chain(_thread(_head(mail.raw))[0]) for mail in group} if self._waiting else {}
        wanted = sorted({uid for chain in results.values() for uid in chain})
        if not wanted:
            return None
        box.select(self.folder)
        fetched = {mail.uid: mail for part in box.fetch(wanted) for mail in part}
        to = {uid: [fetched[sent] for sent in chain if sent in fetched] for uid, chain in results.items()}
        return Answers(self.folder, self._uidvalidity, to)

    def _chain(self, values: Sequence[str]) -> list[int]:
        """Return what answers these Message-IDs, and what answers that."""
        chain: list[int] = []
        for uid, own in (item for value in values for item in self._waiting.pop(value, [])):
            chain += [uid, *self._chain(own)]
        return chain

    def read_through(self) -> None:
        """Note that the mailbox was read to its end: what still waits answers nothing that is there."""
        self._waiting.clear()
        mark = self._filing.mark(self.folder) if self.folder else {}
        if mark and mark.get("uid", 0) < self._looked_at:
            with self._store.write(bulk=True):
                self._filing.save_mark(self.folder, mark | {"uid": self._looked_at})

    def copy(self, box: Mailbox) -> None:
        """Put the copies of sent replies there, each once. Raises ConnectorError."""
        for entry in self._store.outbox.uncopied(self._connector.name) if self.folder else []:
            if not box.has_message(self.folder, entry.message_id):
                box.append(self.folder, entry.raw, entry.sent_at or self._clock())
            with self._store.write():
                self._store.outbox.copied(entry.id)


def _thread(lines: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the Message-ID of a mail's header and those that it answers, the nearest first."""
    headers = {name.lower(): value for name, value in _HEADER.findall(lines)}
    own = message_ids(headers.get("message-id", ""))
    nearest = message_ids(headers.get("in-reply-to", ""))
    return own, tuple(dict.fromkeys((*nearest, *reversed(message_ids(headers.get("references", ""))))))


def _head(raw: bytes) -> str:
    """Return the header lines of a mail."""
    end = _END_OF_HEAD.search(raw)
    return raw[: end.start() if end else len(raw)].decode("utf-8", "replace")
