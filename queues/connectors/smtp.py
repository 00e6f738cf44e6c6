"""Replies over SMTP, in two steps: everything up to the final dot, then the dot (RFC 5321, 3.3; 6409; 8314)."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
from contextlib import suppress

from data.errors import DoubtError, RefusedError
from data.records.outbox import OutboxEntry, Proof
from queues.accounts.mail_account import Account
from queues.connectors import tls
from queues.connectors.mail_faults import TIMEOUT, login_refused, mapped_errors, no_tls, of_answer
from queues.mail.addresses import written_address

_ANSWERS = re.compile(rb"\A(?:[^\r\n]+\r?\n)*?In-Reply-To:", re.I)
_BARE_END = re.compile(rb"\r\n|\r|\n")
_AFTER_ALL = b".\r\n"
_LONGEST_LOGIN = 512 - len("AUTH \r\n")


class Offer:
    """A reply that the server has received completely but was not asked to accept yet."""

    def __init__(self, session: SmtpSession, proofs: frozenset[Proof]) -> None:
        self._session = session
        self.proofs = proofs
        """What the server was asked for that would prove the reply's arrival."""

    def finish(self) -> str:
        """Send the final dot and return the server's receipt.

        Raises RefusedError or ConnectorError if the server says that it does not take it, DoubtError if the
        connection ends before it says anything.
        """
        return self._session.finish()

    def drop(self) -> None:
        """Go away before the dot: the server forgets the reply (RFC 5321, 4.1.1.10)."""
        self._session.close()


class SmtpSession:
    """One logged-in connection, good for many replies. Use it from one thread."""

    def __init__(self, account: Account, secret: str) -> None:
        self._account = account
        self._server = account.smtp
        with mapped_errors(account, account.smtp):
            self._smtp = self._connected()
            try:
                self._log_in(secret)
            except smtplib.SMTPAuthenticationError as error:
                self.close()
                raise login_refused(account, account.smtp, error.smtp_error, secret) from error
            except BaseException:
                self.close()
                raise

    def _connected(self) -> smtplib.SMTP:
        server, context = self._server, tls.context(self._account)
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
            try:
                smtp.ehlo_or_helo_if_needed()
                if not smtp.has_extn("starttls"):
                    raise no_tls(server, "does not offer STARTTLS")
                smtp.starttls(context=context)
            except BaseException:
                smtp.close()
                raise
        if smtp.sock is not None:  # the dot must not wait for an acknowledgement of what went before
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        return smtp

    def _log_in(self, secret: str) -> None:
        user = self._account.login
        match self._account.auth:
            case "xoauth2":
                self._log_in_with_token("XOAUTH2", f"user={user}\x01auth=Bearer {secret}\x01\x01", "")
            case "oauthbearer":
                name = user.replace("=", "=3D").replace(",", "=2C")
                words = f"n,a={name},\x01auth=Bearer {secret}\x01\x01"
                self._log_in_with_token("OAUTHBEARER", words, "\x01")  # how it ends is in RFC 7628, 3.2.3
            case _ if (user + secret).isascii():
                self._smtp.login(user, secret)
            case _:
                self._log_in_plainly(user, secret)

    def _log_in_with_token(self, mechanism: str, words: str, farewell: str) -> None:
        """Say the words with the command or, where the line would be too long for it, after it (RFC 4954, 4).

        A server that refuses them says why and waits for a farewell before it ends the login.
        """
        response = _base64(words)
        whole = f"{mechanism} {response}"
        short = len(whole) <= _LONGEST_LOGIN
        code, answer = self._smtp.docmd("AUTH", whole if short else mechanism)
        if code == 334 and not short:
            code, answer = self._smtp.docmd(response)
        if code == 334:
            code, answer = self._smtp.docmd(_base64(farewell))
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def _log_in_plainly(self, user: str, secret: str) -> None:
        """Log in with letters that smtplib would not send (RFC 4616: UTF-8)."""
        code, answer = self._smtp.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{secret}"))
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def offer(self, entry: OutboxEntry) -> Offer:
        """Hand the reply over, up to but without its final dot. Raises ConnectorError; nothing was taken then."""
        with mapped_errors(self._account, self._server):
            try:
                proofs = self._say_envelope(entry)
                self._expect(self._smtp.docmd("DATA"), 354)
                self._smtp.send(_dotted(entry.raw))
            except BaseException:
                self.close()
                raise
        return Offer(self, proofs)

    def _say_envelope(self, entry: OutboxEntry) -> frozenset[Proof]:
        """Name sender and recipients; return what was asked for that would prove the arrival (RFC 3461, 4)."""
        # a mail that begins a thread is unknown to the other desks on the mailbox: they could not place its report
        asks_report = self._account.delivery_reports and self._smtp.has_extn("dsn")
        asks_report = asks_report and _ANSWERS.match(entry.raw) is not None
        copies_self = self._account.copy_to_self
        sender = self._written(self._account.address)
        recipients = [self._written(address) for address in (entry.recipient, *entry.cc)]
        options = ["BODY=8BITMIME"] if not entry.raw.isascii() and self._smtp.has_extn("8bitmime") else []
        beyond_ascii = [address for address in (*recipients, sender) if not address.isascii()]
        if beyond_ascii:
            if not self._smtp.has_extn("smtputf8"):
                message = f"{self._server.host} takes no addresses such as {beyond_ascii[0]}; choose another one."
                raise RefusedError("Reply refused", message)
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        if asks_report:
            options += ["RET=HDRS", f"ENVID={_xtext(entry.message_id)}"]
        self._expect(self._smtp.mail(f"<{sender}>", options), 250)
        notify = [" NOTIFY=SUCCESS,FAILURE,DELAY"] + [" NOTIFY=FAILURE,DELAY"] * (len(recipients) - 1)
        if copies_self and sender not in recipients:
            recipients, notify = [*recipients, sender], [*notify, " NOTIFY=NEVER"]
        for recipient, wish in zip(recipients, notify, strict=True):  # all or none: nothing is sent twice to some
            self._expect(self._smtp.docmd("RCPT", f"TO:<{recipient}>{wish if asks_report else ''}"), 250, 251)
        return frozenset({Proof.REPORT} if asks_report else ()) | frozenset({Proof.COPY} if copies_self else ())

    @staticmethod
    def _written(address: str) -> str:
        try:
            return written_address(address)
        except ValueError as error:
            raise RefusedError("Reply refused", f"{address} {error}; choose another one.") from None

    def _expect(self, answer: tuple[int, bytes], *codes: int) -> None:
        if answer[0] not in codes:
            raise of_answer(self._account, self._server, *answer)

    def finish(self) -> str:
        """Send the final dot and read the answer to it."""
        try:
            self._smtp.send(_AFTER_ALL)
            code, answer = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise DoubtError(
                "In doubt", f"{self._server.host} ended the connection without saying whether it accepted the reply."
            ) from error
        if code != 250:
            self.close()
            if 400 <= code < 600:
                raise of_answer(self._account, self._server, code, answer)
            raise DoubtError("In doubt", f"{self._server.host} answered {code} to the whole reply.")
        return answer.decode("utf-8", "replace")

    @property
    def open(self) -> bool:
        """The connection stands, as far as this side knows."""
        return self._smtp.sock is not None

    def close(self) -> None:
        """Go away."""
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.close()

    def leave(self) -> None:
        """Say goodbye, then go."""
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self.close()


def _base64(words: str) -> str:
    return base64.b64encode(words.encode()).decode("ascii")


def _xtext(value: str) -> str:
    """Write a value for the envelope: what is not plain as `+` and two hexadecimal digits (RFC 3461, 4)."""
    plain = (chr(byte) if 33 <= byte <= 126 and byte not in b"+=" else f"+{byte:02X}" for byte in value.encode())
    return "".join(plain)


def _dotted(raw: bytes) -> bytes:
    """Return the mail as DATA wants it: CRLF line ends, a dot before each dot that begins a line (RFC 5321, 4.5.2)."""
    whole = _BARE_END.sub(b"\r\n", raw)
    whole = whole if whole.endswith(b"\r\n") else whole + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole)
