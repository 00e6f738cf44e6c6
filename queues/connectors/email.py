"""A mail account: IMAP brings mail in, SMTP takes replies out. The mailbox's own thread uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from data.errors import ConnectorError, UnreachableError
from data.records.outbox import OutboxEntry
from queues.accounts.mail_account import Account
from queues.accounts.secrets import Renewing, Secrets
from queues.connectors.base import Capability
from queues.connectors.imap import Mailbox
from queues.connectors.imap_answers import Stock
from queues.connectors.mail_faults import LoginRefusedError
from queues.connectors.pulse import Pulse
from queues.connectors.smtp import Offer, SmtpSession

NAME = "email"
_Session = TypeVar("_Session")


class EmailConnector:
    """Opens connections when they are needed and keeps the one for sending while replies follow each other."""

    capabilities = frozenset({Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.ATTACHMENTS})

    def __init__(self, account: Account, secrets: Secrets) -> None:
        self.account = account
        self.name = account.connector
        self.per_minute, self.per_day = account.per_minute, account.per_day
        self.to_copy = account.copy_sent is not False
        self._secrets = secrets
        self._smtp: SmtpSession | None = None
        self.pulse = Pulse()
        """Of the latest connection to the mailbox."""

    def mailbox(self) -> Mailbox:
        """Return a new connection to the mailbox. Raises ConnectorError with one sentence of what is wrong."""
        return self._logged_in(lambda secret: Mailbox(self.account, secret, self.pulse))

    def _session(self) -> SmtpSession:
        return self._logged_in(lambda secret: SmtpSession(self.account, secret))

    def _logged_in(self, log_in: Callable[[str], _Session]) -> _Session:
        """Log in; once more with a new token if the server refuses one that should still be good.

        It may have been revoked, or this machine's clock may be wrong.
        """
        secret = self._secrets(self.account)
        try:
            return log_in(secret)
        except LoginRefusedError:
            newer = self._secrets.renewed(self.account, secret) if isinstance(self._secrets, Renewing) else ""
            if not newer:
                raise
        return log_in(newer)

    def offer(self, entry: OutboxEntry) -> Offer:
        """Hand a reply over up to its final dot. Raises ConnectorError; nothing was taken then."""
        if self._smtp is not None and self._smtp.open:
            try:
                return self._smtp.offer(entry)
            except UnreachableError:
                self._smtp = None  # it ended while it was idle: once more on a new one
        self._smtp = self._session()
        return self._smtp.offer(entry)

    def send(self, entry: OutboxEntry) -> str:
        """Send a reply in one go and return the server's receipt. Raises ConnectorError."""
        return self.offer(entry).finish()

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        """Look for a reply in doubt among the sent mail: True if it is, None if it is not or cannot be asked.

        That it is not there proves nothing: the copy comes after the sending.
        """
        try:
            with self.mailbox() as box:
                folder = self.sent_folder(box)
                return (bool(folder) and box.has_message(folder, entry.message_id)) or None
        except ConnectorError:
            return None

    def sent_folder(self, box: Mailbox) -> str:
        """Return the folder of sent mail, the empty string if the server names none."""
        return self.account.sent or box.special(b"\\Sent")

    def check(self) -> Stock:
        """Log in both ways and return how much mail there is. Raises ConnectorError with what is wrong."""
        stock = self.stock()
        self._session().leave()
        return stock

    def stock(self) -> Stock:
        """Return how much mail is in the mailbox. Raises ConnectorError with what is wrong."""
        with self.mailbox() as box:
            return box.stock(self.account.mailbox)

    def rest(self) -> None:
        """End the connection for sending until there is something to send."""
        session, self._smtp = self._smtp, None
        if session is not None:
            session.leave()
