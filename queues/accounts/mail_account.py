"""Mail accounts: the mailbox's server, how to log in, and how replies from it look."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

import msgspec

from data.errors import InputError
from queues.accounts import oauth
from queues.accounts.oauth import OAuth
from queues.accounts.providers import PROVIDERS, Provider, Server

PREFIX = "email:"
"""The prefix of a mail account's connector name; the account's own name follows."""
EVERYTHING = date(1970, 1, 1)
"""The day that makes all mail work."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ADDRESS = re.compile(r"[^\s@<>\x00-\x1f]+@[^\s@<>\x00-\x1f]+")
_PORTS = {("imap", "tls"): 993, ("imap", "starttls"): 143, ("smtp", "tls"): 465, ("smtp", "starttls"): 587}


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[account]]` of `config.toml`. It names where the secret is, never the secret."""

    name: str
    """The name in commands and lists: letters, digits, dots and dashes."""
    address: str
    """The address that replies come from."""
    provider: str = ""
    """`gmail`, `outlook` or another that `tridesk account add` knows; it fills in the servers."""
    imap: Server = Server()
    """The server that mail is read from."""
    smtp: Server = Server()
    """The server that replies are given to."""
    user: str = ""
    """The login name; empty for the address."""
    auth: Literal["", "password", "xoauth2", "oauthbearer"] = ""
    """Empty: as the provider wants, else a password; with `oauth` a token."""
    oauth: OAuth = OAuth()
    """How the desk signs in for tokens; without a client id it does not."""
    secret: str = "keyring"
    """Where the password or token is: `keyring`, `ask`, `env:NAME`, or `command:…`, which also refreshes a token.

    With `oauth` it is `keyring`.
    """
    ca_file: str = ""
    """The certificate authority to trust instead of the system's, for a server of your own."""
    lane: str = ""
    """The lane of its mail; empty leaves that to the routing rules."""
    brand: str = ""
    """The name next to the address; empty for the desk's."""
    mailbox: str = "INBOX"
    """The folder whose mail becomes tickets."""
    sent: str = ""
    """The folder of sent mail; empty for the one that the server marks as such."""
    copy_sent: bool | None = None
    """Put a copy of each reply there; not set: as the provider needs."""
    authserv_ids: tuple[str, ...] = ()
    """By which names your own mail server signs its `Authentication-Results`: no other server's are believed.

    Empty: those of the topmost header are (RFC 8601, section 5).
    """
    delivery_reports: bool = True
    """Ask the server to report the delivery of each reply, where it can: that settles what is in doubt."""
    copy_to_self: bool = False
    """Each reply goes to the account's own address too, unseen by the others: the copy settles what is in doubt."""
    since: date | None = None
    """Mail that arrived before this day is left alone."""
    work_from: date | None = None
    """Mail that arrived before this day is history: kept and searchable, but no work. `1970-01-01` makes all work."""
    work_after: str = ""
    """The same as a moment and a place in the mailbox, as `tridesk account add` writes it."""
    signature: dict[str, str] = {}
    """By language; the entry `default` is used for the others."""
    html: bool = False
    """Replies carry an HTML part next to the text."""
    per_minute: int = 30
    """The most replies that are sent in a minute."""
    per_day: int = 0
    """The limit for sent replies; 0 for the provider's limit, if any."""
    poll_seconds: int = 30
    """How often the mailbox is polled if the server cannot announce new mail."""

    @property
    def connector(self) -> str:
        """The name that its tickets and replies carry."""
        return PREFIX + self.name

    @property
    def login(self) -> str:
        """Who logs in."""
        return self.user or self.address

    @property
    def signs_in(self) -> bool:
        """Whether the desk gets and renews its tokens itself."""
        return bool(self.oauth.client_id)


def complete(account: Account) -> Account:
    """Return the account with every default filled in. Raises InputError with the invalid setting."""
    if not _NAME.fullmatch(account.name):
        raise _wrong(account, "name", "use letters, digits, dots and dashes")
    if not _ADDRESS.fullmatch(account.address):
        raise _wrong(account, "address", "write it as name@domain")
    provider = PROVIDERS.get(account.provider, Provider())
    if account.provider and account.provider not in PROVIDERS:
        raise _wrong(account, "provider", f"known are {', '.join(PROVIDERS)}")
    kind = account.secret.partition(":")[0]
    if kind not in {"keyring", "ask", "env", "command"} or account.secret in {"env:", "command:", "env", "command"}:
        raise _wrong(account, "secret", "use keyring, ask, env:NAME or command:…")
    if account.per_minute < 1 or account.per_day < 0 or account.poll_seconds < 1:
        raise _wrong(account, "per-minute, per-day or poll-seconds", "use a positive number")
    if any(not name.strip() or any(sign in name for sign in " ;\t\r\n") for name in account.authserv_ids):
        raise _wrong(account, "authserv-ids", "write each as in the header, before its first semicolon")
    if account.work_from is not None and account.work_after:
        raise _wrong(account, "work-from", "take work-after out to use it")
    try:
        sign_in = oauth.complete(account.oauth, provider.oauth or oauth.NONE)
    except ValueError as error:
        setting, _, way = str(error).partition(": ")
        raise _wrong(account, setting, way) from None
    if account.signs_in and kind != "keyring":
        raise _wrong(account, "secret", "with oauth, the tokens are in the keyring; leave it out")
    if account.signs_in and account.auth == "password":
        raise _wrong(account, "auth", "use xoauth2 or oauthbearer with oauth")
    return msgspec.structs.replace(
        account,
        imap=_server(account, "imap", account.imap, provider.imap),
        smtp=_server(account, "smtp", account.smtp, provider.smtp),
        auth=account.auth or _usual_auth(account, provider),
        oauth=sign_in,
        copy_sent=account.copy_sent if account.copy_sent is not None else provider.copy_sent,
        per_day=account.per_day or provider.per_day,
    )


def _usual_auth(account: Account, provider: Provider) -> Literal["password", "xoauth2", "oauthbearer"]:
    """Return how the account logs in: with a token by the provider's own way, elsewhere by the standard's."""
    if not account.signs_in:
        return provider.auth
    return "xoauth2" if provider.oauth is not None else "oauthbearer"


def complete_all(accounts: tuple[Account, ...]) -> tuple[Account, ...]:
    """Return all accounts with defaults filled in. Raises InputError also if two have the same name."""
    results = tuple(complete(account) for account in accounts)
    names = [account.name for account in results]
    for name in names:
        if names.count(name) > 1:
            raise InputError("Account not understood", f"Two accounts are called {name!r}; rename one in config.toml.")
    return results


def _server(account: Account, kind: str, given: Server, preset: Server) -> Server:
    chosen = given if given.host else preset
    if not chosen.host:
        raise _wrong(account, f"{kind}.host", "name the server, or a provider")
    if not 0 <= chosen.port <= 65535:
        raise _wrong(account, f"{kind}.port", "use 1 to 65535")
    port = chosen.port or _PORTS[kind, chosen.security]
    return msgspec.structs.replace(chosen, port=port)


def _wrong(account: Account, setting: str, way: str) -> InputError:
    return InputError(
        "Account not understood", f"The account {account.name!r} in config.toml: {setting} cannot be used; {way}."
    )
