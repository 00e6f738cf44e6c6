"""The fields that each kind of account needs: the form on the screen is built from these declarations.

What a ticketing system calls things is in its kind (`queues.accounts.kinds`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from data.errors import InputError
from queues.accounts import kinds as systems
from queues.accounts.kinds import kind_named
from queues.accounts.mail_account import Account
from queues.accounts.mail_account import complete as complete_account
from queues.accounts.oauth import OAuth
from queues.accounts.providers import NOWHERE, PROVIDERS, Server, provider_of
from queues.accounts.ticketing_system import Tracker, name_of
from queues.accounts.ticketing_system import complete as complete_tracker
from queues.accounts.work_start import NOW, beginning_on, said_of

Remote = Account | Tracker
Values = Mapping[str, str]
"""What was typed, by the names of the fields."""

MAIL = "mail"
"""The kind of a mail account; all others are ticketing systems."""
SECRETS = ("keyring", "ask", "env", "command")
"""Where a password or token can be stored: the beginnings of `secret` in `config.toml`."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One field of the form."""

    name: str
    label: str
    hint: str = ""
    """One sentence of help."""
    choices: tuple[str, ...] = ()
    """The allowed values; empty for any."""
    is_secret: bool = False
    """Typed hidden, and never stored in the settings."""
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """All fields of one kind of account."""

    kind: str
    title: str
    blanks: tuple[Blank, ...]
    make: Callable[[Values, Remote | None], Remote]
    """Returns the account; values without a field come from an older account. Raises InputError with the reason."""
    filled: Callable[[Any], dict[str, str]]
    """Returns an account's values, by field."""
    warning: str = ""
    """A notice for whoever sets one up; usually empty."""


def kinds() -> tuple[str, ...]:
    """Return every kind that can be set up, mail first; those of broken packages are left out."""
    return (MAIL, *(kind for kind in systems.kinds() if _is_sound(kind)))


def kind_of(account: Remote) -> str:
    """Return the kind of an account."""
    return MAIL if isinstance(account, Account) else account.kind


def form_of(kind: str) -> Form:
    """Return the fields of a kind. Raises InputError for an unknown kind."""
    if kind == MAIL:
        return Form(MAIL, "E-mail account", _MAIL, _account, _of_account)
    system = kind_named(kind)
    blanks = (
        Blank("url", "Web address", system.address_hint, is_needed=True),
        *((Blank("typed", system.secret, _KEPT, is_secret=True),) if system.secret else ()),
        *((Blank("user", "User", system.user_hint, is_needed=system.needs_user),) if system.user_hint else ()),
        Blank("name", "Name here", "A short name; empty for the first part of the address."),
        Blank("queues", "Queues", "Queue=lane, separated by commas; routing rules take precedence; empty for all."),
        *((*_SECRET, _CA) if system.secret else ()),
        _SINCE,
    )
    return Form(
        kind, system.title, blanks, lambda values, before: _tracker(kind, values, before), _of_tracker, system.warning
    )


def _is_sound(kind: str) -> bool:
    try:
        kind_named(kind)
    except InputError:
        return False
    return True


_KEPT = "Stored where “Stored in” says, never in config.toml; empty: unchanged."
_SECRET = (
    Blank("secret", "Stored in", "keyring: the system's. ask: typed at each start. env, command: see below.", SECRETS),
    Blank(
        "place", "Variable, command", "For env: the variable's name; for command: the command that prints the secret."
    ),
)
_CA = Blank("ca_file", "CA file", "The certificate authority of your own server; empty for the system's.")
_SINCE = Blank("since", "Since", "Ignore everything before this day (2026-01-31); empty: nothing is ignored.")
_MAIL = (
    Blank("address", "Address", "The sender address of replies; common providers need nothing else.", is_needed=True),
    Blank("typed", "Password or token", _KEPT, is_secret=True),
    Blank("name", "Name here", "A short name; empty for the part before the @."),
    Blank("imap", "IMAP server", "host or host:port; empty if the address shows the provider."),
    Blank("smtp", "SMTP server", "host or host:port; empty if the address shows the provider."),
    Blank("security", "TLS", "tls from the first byte, or starttls; never unencrypted.",
          ("tls", "starttls")),
    Blank("user", "User", "The login name; empty for the address."),
    Blank("auth", "Login", "usual: as the provider needs, else a password.",
          ("usual", "password", "xoauth2", "oauthbearer")),
    Blank("client_id", "OAuth client", "The client that you registered; `tridesk account login` signs in with it."),
    *_SECRET,
    Blank("lane", "Lane", "The lane of its mail unless a rule names another; empty: the rules decide."),
    Blank("brand", "Name on replies", "The sender name in front of the address; empty for the desk's."),
    _CA,
    Blank("work_from", "Work from", "now: mail that is there already is history. all, or a day (2026-01-31)."),
    _SINCE,
)  # fmt: skip


def hint_for(address: str) -> str:
    """Return what to do first at an address's provider, or which servers are assumed; empty for neither."""
    provider = PROVIDERS.get(provider_of(address))
    if provider is None:
        return ""
    return provider.hint or f"{provider.imap.host} and {provider.smtp.host} are used."


def _account(values: Values, before: Remote | None) -> Account:
    old = before if isinstance(before, Account) else None
    address = _said(values, "address")
    security: Literal["tls", "starttls"] = "starttls" if values.get("security") == "starttls" else "tls"
    imap, smtp = (_server(values, name, security) for name in ("imap", "smtp"))
    named = imap != NOWHERE or smtp != NOWHERE
    provider = old.provider if old is not None and address == old.address else provider_of(address)
    auth = values.get("auth", "")
    new = msgspec.structs.replace(
        old or Account("", ""),
        name=_said(values, "name") or address.partition("@")[0],
        address=address,
        provider="" if named else provider,
        imap=imap,
        smtp=smtp,
        user=_said(values, "user"),
        auth=auth if auth in ("password", "xoauth2", "oauthbearer") else "",
        oauth=_oauth(_said(values, "client_id"), old.oauth if old is not None else OAuth()),
        secret=_secret(values),
        lane=_said(values, "lane"),
        brand=_said(values, "brand"),
        ca_file=_said(values, "ca_file"),
        since=_day(values),
    )
    said = _said(values, "work_from") or ("" if old is not None else NOW)
    if said not in ("", said_of(new)):
        # the moment and the place in the mailbox are known when it is saved
        new = msgspec.structs.replace(new, work_from=None, work_after=NOW) if said == NOW else beginning_on(new, said)
    elif not said:
        new = msgspec.structs.replace(new, work_from=None, work_after="")
    complete_account(new)
    return new


def _oauth(client_id: str, old: OAuth) -> OAuth:
    """Return the settings with another client; without one there are none."""
    return msgspec.structs.replace(old, client_id=client_id) if client_id else OAuth()


def _of_account(account: Account) -> dict[str, str]:
    given = next((server.security for server in (account.imap, account.smtp) if server.host), "tls")
    return {
        "address": account.address, "name": account.name, "security": given,
        "imap": _host(account.imap), "smtp": _host(account.smtp),
        "user": account.user, "auth": account.auth or "usual", "client_id": account.oauth.client_id,
        "lane": account.lane, "brand": account.brand,
        "work_from": said_of(account),
        **_of_both(account),
    }  # fmt: skip


def _tracker(kind: str, values: Values, before: Remote | None) -> Tracker:
    url = _said(values, "url")
    pairs = (part.partition("=") for part in values.get("queues", "").split(",") if part.strip())
    base = before if isinstance(before, Tracker) else Tracker("", "", kind=kind)
    return complete_tracker(
        msgspec.structs.replace(
            base,
            name=_said(values, "name") or name_of(url) or kind,
            url=url,
            user=_said(values, "user"),
            queues={queue.strip(): lane.strip() for queue, _, lane in pairs},
            secret=_secret(values),
            ca_file=_said(values, "ca_file"),
            since=_day(values),
        )
    )


def _of_tracker(tracker: Tracker) -> dict[str, str]:
    queues = ", ".join(f"{queue}={lane}" if lane else queue for queue, lane in tracker.queues.items())
    return {"url": tracker.url, "user": tracker.user, "name": tracker.name, "queues": queues, **_of_both(tracker)}


def _of_both(account: Remote) -> dict[str, str]:
    kind, _, place = account.secret.partition(":")
    since = account.since.isoformat() if account.since else ""
    return {"secret": kind, "place": place, "ca_file": account.ca_file, "since": since}


def _said(values: Values, name: str) -> str:
    return values.get(name, "").strip()


def _secret(values: Values) -> str:
    kind, place = values.get("secret") or SECRETS[0], _said(values, "place")
    return f"{kind}:{place}" if kind in ("env", "command") else kind


def _host(server: Server) -> str:
    return f"{server.host}:{server.port}" if server.port else server.host


def _server(values: Values, name: str, security: Literal["tls", "starttls"]) -> Server:
    host, colon, port = _said(values, name).rpartition(":")
    if not colon:
        host, port = port, "0"
    if not port.isdecimal() or len(port) > 5:
        raise InputError("Server not understood", f"Write the {name.upper()} server as host or host:993.")
    return Server(host, int(port), security) if host else NOWHERE


def _day(values: Values) -> date | None:
    said = _said(values, "since")
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise InputError("Day not understood", f"Since is {said!r}; write a day such as 2026-01-31.") from None
