"""A desk on a mailbox of Dovecot and Postfix that asks an OAuth server about every token."""

from __future__ import annotations

import ssl
import urllib.request
from pathlib import Path
from threading import Thread

import msgspec

from queues.accounts.mail_account import Account
from queues.accounts.oauth import OAuth
from queues.oauth.account_secrets import AccountSecrets
from queues.oauth.sign_in import Way, sign_in
from queues.oauth.stored_tokens import Tokens, stored
from tests.servers.desk_at_mail import DeskAtMail
from tests.servers.mail_stack import MailStack
from tests.servers.oauth_server import CLIENT, INTROSPECTOR, SCOPES, OAuthServer
from tui.accounts.mail_worker import MailKeeper
from tui.setup.clock import wall_clock


class OAuthStack:
    """The servers."""

    def __init__(self, folder: Path) -> None:
        self.mail = MailStack(folder)
        self.oauth = OAuthServer(folder / "tls")
        self.mail.introspect(f"{self.oauth.url}/introspect", INTROSPECTOR)

    def start(self) -> None:
        self.oauth.start()
        self.mail.start()

    def stop(self) -> None:
        self.mail.stop()
        self.oauth.stop()


def settings_for(server: OAuthServer, ca: Path, **changes: object) -> OAuth:
    """Return the settings of the desk's client."""
    usual = OAuth(CLIENT, issuer=server.url, scopes=SCOPES, redirect="http://127.0.0.1/in", ca_file=str(ca))
    return msgspec.structs.replace(usual, **changes)


class Guide:
    """A user with a browser and a telephone."""

    page = "Fertig & gut"

    def __init__(self, server: OAuthServer, ca: Path, user: str) -> None:
        self.server, self.user = server, user
        self.pages: list[str] = []
        self.shown: list[str] = []
        self._context = ssl.create_default_context(cafile=str(ca))

    def open(self, address: str) -> None:
        """Sign in with the browser: it follows the server's answer back to the desk."""
        self.shown.append(address)
        self.server.user = self.user
        self._thread = Thread(target=self._browse, args=(address,), daemon=True)
        self._thread.start()

    def until_seen(self) -> None:
        """Wait until the browser has shown the end."""
        self._thread.join(20)

    def _browse(self, address: str) -> None:
        with urllib.request.urlopen(address, context=self._context, timeout=20) as page:
            self.pages.append(page.read().decode())

    def enter(self, address: str, code: str, whole_address: str) -> None:
        """Enter the code."""
        self.shown += [address, code, whole_address]
        self.server.decide(code, self.user)


class Clock:
    """This machine's clock, which can be wrong."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return wall_clock() + self.ahead


class OAuthDesk(DeskAtMail):
    """One agent's desk whose account signs in."""

    def __init__(
        self, stack: OAuthStack, folder: Path, address: str, *, agent: str = "eva", auth: str = "xoauth2"
    ) -> None:
        oauth = settings_for(stack.oauth, stack.mail.ca)
        super().__init__(stack.mail, folder, address, agent=agent, delivery_reports=False, auth=auth, oauth=oauth)
        self.server, self.locks, self.token_clock = stack.oauth, folder / "state", Clock()
        self.secrets = AccountSecrets(self.locks, self.token_clock)

    def sign_in(self, user: str = "", way: Way = Way.BROWSER) -> Guide:
        guide = Guide(self.server, self.stack.ca, user or self.address)
        sign_in(
            self.account, guide, self.token_clock, self.locks, has_browser=True, way=way, pause=lambda seconds: None
        )
        return guide

    def keeper(self) -> MailKeeper:
        return MailKeeper(self.path, self.settings, self.secrets, tell=self.said.append)

    def tokens(self) -> Tokens:
        tokens = stored(self.account)
        assert tokens is not None
        return tokens


def account_at(server: OAuthServer, ca: Path, name: str = "support", **changes: object) -> Account:
    """Return an account whose mail servers do not matter."""
    from queues.accounts.mail_account import complete
    from queues.accounts.providers import Server

    where = Server("localhost", 1)
    oauth = settings_for(server, ca, **changes)
    return complete(Account(name, f"{name}@desk.example", imap=where, smtp=where, oauth=oauth))
