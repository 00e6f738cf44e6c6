"""The way into a mailbox: TLS first, then the login (RFC 8314, 3501, 7628)."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from queues.accounts.mail_account import Account
from queues.connectors import tls
from queues.connectors.mail_faults import TIMEOUT, login_refused, no_tls


def logged_in(account: Account, secret: str) -> Any:
    """Return a connection that is logged in. Raises ConnectorError, and what the mail libraries raise."""
    client = _connected(account)
    _keep_alive(client.socket())
    try:
        _log_in(client, account, secret)
    except BaseException:
        with suppress(OSError, IMAPClientError):
            client.shutdown()
        raise
    return client


def _connected(account: Account) -> Any:
    """Connect, with TLS before anything confidential is sent."""
    server, context = account.imap, tls.context(account)
    if server.security == "tls":
        return IMAPClient(server.host, server.port, ssl=True, ssl_context=context, timeout=TIMEOUT)
    client = IMAPClient(server.host, server.port, ssl=False, timeout=TIMEOUT)
    try:
        # a greeting that says "you are in" without TLS is someone else's (RFC 9051, 11.1);
        # IMAPClient does not show the state of its connection
        if client._imap.state == "AUTH":
            raise no_tls(server, "says that we are logged in before TLS began")
        if not client.has_capability("STARTTLS"):
            raise no_tls(server, "does not offer STARTTLS")
        client.starttls(context)
    except BaseException:
        client.shutdown()
        raise
    return client


def _log_in(client: Any, account: Account, secret: str) -> None:
    if client.has_capability("LOGINDISABLED") and account.auth == "password":
        raise no_tls(account.imap, "does not allow to log in")
    try:
        if account.auth == "xoauth2":
            client.oauth2_login(account.login, secret)
        elif account.auth == "oauthbearer":
            client.oauthbearer_login(account.login, secret)
        elif client.has_capability("AUTH=PLAIN"):
            client.plain_login(account.login, secret)
        else:
            client.login(account.login, secret)
    except LoginError as error:
        raise login_refused(account, account.imap, error, secret) from error


def _keep_alive(sock: socket.socket) -> None:
    """Have the system notice within two minutes that a silent connection is gone."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # other systems name these otherwise, or not at all
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
