"""The folder of sent mail: our copies go there, doubts are settled there, other desks' answers are found there."""

from __future__ import annotations

import re

from data.protocols import Clock
from data.records import OutboxState
from data.store import Store
from queues.connectors.email import EmailConnector
from queues.connectors.imap import Mailbox
from queues.connectors.imap_answers import Selected
from queues.mail.headers import message_ids
from queues.remotes.account_filing import Filing

_HEADER = re.compile(r"^([A-Za-z-]+):((?:[^\r\n]|\r?\n[ \t])*)", re.M)


class SentMail:
    """Reads and fills the folder of one account. Its methods open it: the caller opens its own mailbox again."""

    def __init__(self, store: Store, connector: EmailConnector, filing: Filing, clock: Clock) -> None:
        self._store, self._connector, self._filing, self._clock = store, connector, filing, clock
        self.folder = ""
        """Its name, empty where the server has none or it is the mailbox itself."""

    def find(self, box: Mailbox) -> None:
        """Ask the server which folder it is."""
        found = self._connector.sent_folder(box)
        self.folder = "" if found == self._connector.account.mailbox else found

    def take_in(self, box: Mailbox) -> None:
        """Settle doubts, and keep what others sent from this account about our tickets."""
        if not self.folder:
            return
        self._settle_doubts(box)
        selected = box.select(self.folder)
        mark = self._filing.mark(self.folder)
        if mark.get("uidvalidity") == selected.uidvalidity:
            self._keep_new(box, selected, mark["uid"])
            return
        # what was sent before this desk looked is history
        fresh = {"uidvalidity": selected.uidvalidity, "uid": max(selected.uidnext - 1, 0)}
        with self._store.write():
            self._filing.put_mark(self.folder, fresh)

    def _settle_doubts(self, box: Mailbox) -> None:
        """What lies here has left; of the other replies in doubt the agent decides."""
        for entry in self._store.outbox.waiting():
            if entry.connector != self._connector.name or entry.state is not OutboxState.IN_DOUBT:
                continue
            if box.has_message(self.folder, entry.message_id):
                with self._store.write():
                    self._store.outbox.arrived(entry.id, OutboxState.IN_DOUBT, self._clock())

    def _keep_new(self, box: Mailbox, selected: Selected, above: int) -> None:
        uids = box.uids_after(above)
        if not uids:
            return
        wanted = [uid for uid, lines in sorted(box.thread_headers(uids).items()) if self._concerns_us(lines)]
        for group in filter(None, box.fetch(wanted)):
            self._filing.keep(self.folder, selected.uidvalidity, group)
        with self._store.write():
            self._filing.put_mark(self.folder, {"uidvalidity": selected.uidvalidity, "uid": uids[-1]})

    def _concerns_us(self, lines: str) -> bool:
        """Tell whether a sent mail answers one of our tickets and is not our own copy."""
        headers = {name.lower(): value for name, value in _HEADER.findall(lines)}
        own = message_ids(headers.get("message-id", ""))
        answered = [value for name in ("references", "in-reply-to") for value in message_ids(headers.get(name, ""))]
        tickets = self._store.messages.tickets_referring((*answered, *own))
        return bool(tickets) and not any(self._store.messages.ours(one, value) for one in tickets for value in own)

    def copy(self, box: Mailbox) -> None:
        """Put the copies of sent replies there, each once. Raises ConnectorError."""
        for entry in self._store.outbox.uncopied(self._connector.name) if self.folder else []:
            if not box.has_message(self.folder, entry.message_id):
                box.append(self.folder, entry.raw, entry.sent_at or self._clock())
            with self._store.write():
                self._store.outbox.copied(entry.id)
