"""What goes wrong with mail servers, each as one sentence: what, where, what to do."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from data.errors import ConnectorError, DeskError, RefusedError, UnreachableError
from data.safe_text import safe_line
from queues.accounts.mail_account import Account
from queues.accounts.providers import Server

TIMEOUT = 30.0
"""Seconds that a server may take for one answer."""


CERTIFICATE = "Certificate not valid"
_UNAVAILABLE = "[UNAVAILABLE]"
"""The login cannot be decided now (RFC 5530); in SMTP the extended code begins with 4 (RFC 4954, 6)."""


class LoginRefusedError(UnreachableError):
    """The server rejects the user, the password or the token."""


@contextmanager
def mapped_errors(account: Account, server: Server) -> Iterator[None]:
    """Turn what the mail libraries raise into the desk's errors."""
    from imapclient.exceptions import IMAPClientError

    try:
        yield
    except DeskError:
        raise
    except (smtplib.SMTPException, OSError, imaplib.IMAP4.error, IMAPClientError) as error:
        raise sentence(error, account, server) from error


def sentence(error: BaseException, account: Account, server: Server) -> ConnectorError:
    """Return the error that says it. Server's words come last, on one safe line and short."""
    place = f"{server.host}:{server.port}"
    match error:
        case ssl.SSLCertVerificationError():
            return UnreachableError(
                CERTIFICATE,
                f"{place} shows a certificate that cannot be trusted ({error.verify_message}); no password was sent. "
                "For your own server, set ca-file to its certificate authority.",
            )
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return _unreachable(f"{place} ended the connection; it is tried again")
        case ssl.SSLError():
            return _unreachable(f"{place} does not speak TLS from the start; try port and security of the account")
        case socket.gaierror():
            return _unreachable(f"{server.host} is not found; check the network and the name of the server")
        case TimeoutError():
            return _unreachable(f"{place} does not answer; check the network, it is tried again")
        case ConnectionRefusedError():
            return _unreachable(f"{place} takes no connections; check host and port, it is tried again")
        case smtplib.SMTPAuthenticationError():
            return login_refused(account, server, error.smtp_error)
        case smtplib.SMTPResponseException():
            return of_answer(account, server, error.smtp_code, error.smtp_error)
        case smtplib.SMTPServerDisconnected() | OSError() | imaplib.IMAP4.abort():
            return _unreachable(f"{place} ended the connection; it is tried again")
    words = _words(str(error))
    if "OVERQUOTA" in words or "quota" in words.lower():
        return ConnectorError("Mailbox full", f"The mailbox of {account.login} is full; make room there ({words}).")
    return ConnectorError("Mail server refused", f"{place} refused a command ({words}); it is tried again.")


def login_refused(account: Account, server: Server, answer: object, secret: str = "") -> LoginRefusedError:
    """Return the error for a secret that does not open the mailbox; the secret is taken out of the server's words."""
    words = _words(answer, secret)
    if account.signs_in and (_UNAVAILABLE in words or words.startswith("4.")):
        # what a server also says that cannot tell an expired token from an outage: a new token may help
        return LoginRefusedError(
            "Login refused",
            f"{server.host} cannot check the token of {account.login} now; it is tried again. ({words})",
        )
    if account.signs_in:
        return LoginRefusedError(
            "Login refused",
            f"{server.host} does not accept the token of {account.login}: it is another user's, or has no right to "
            f"mail; `tridesk account login {account.name}` signs in again. ({words})",
        )
    what = "password" if account.auth == "password" else "token"
    return LoginRefusedError(
        "Login refused",
        f"{server.host} does not accept the {what} of {account.login}; store a new one where `secret` points "
        f"({account.secret.partition(':')[0]}); it is tried again. ({words})",
    )


def of_answer(account: Account, server: Server, code: int, answer: object) -> ConnectorError:
    """Return the error of an SMTP answer: 4xx may be tried again, 5xx never (RFC 5321, 4.2.1)."""
    words = _words(answer)
    if code in {530, 534, 535, 538}:
        return login_refused(account, server, answer)
    if code == 421:
        return _unreachable(f"{server.host} is closing ({words}); it is tried again")
    if 500 <= code < 600:
        return RefusedError("Reply refused", f"{server.host} refused it for good ({code} {words}).")
    return ConnectorError("Reply not taken", f"{server.host} does not take it now ({code} {words}); it is tried again.")


def no_tls(server: Server, why: str) -> UnreachableError:
    """Return the refusal to send a password where anyone on the way could read it."""
    return UnreachableError(
        "No TLS", f'{server.host}:{server.port} {why}; no password was sent. Use security = "tls" and its port.'
    )


def _unreachable(sentence: str) -> UnreachableError:
    return UnreachableError("Not reachable", f"{sentence}.")


def _words(answer: object, secret: str = "") -> str:
    if isinstance(answer, bytes):
        answer = answer.decode("utf-8", "replace")
    text = str(answer)
    return safe_line(text.replace(secret, "…") if secret else text)[:160]
