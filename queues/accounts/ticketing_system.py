"""Mirrored ticketing systems: address, our account there, and the lane of each queue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

import msgspec

from data.errors import InputError
from data.records.tickets import Status
from queues.accounts.kinds import NO_SECRET, kind_named

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")

_LIKE = {Status.ON_HOLD: Status.PENDING, Status.CLOSED: Status.SOLVED}
"""The fallback for a status that the system does not have."""


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The custom fields that a reply sets; fields that a ticket does not have are left out."""

    macro: str = "Macro"
    """The field for the macro's name."""
    language: str = "Language"
    """The field for the reply's language."""
    procedure: str = "Procedure"
    """The field for the procedure's name."""

    @property
    def names(self) -> tuple[str, str, str]:
        """All of them."""
        return (self.macro, self.language, self.procedure)


class Tracker(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[tracker]]` of `config.toml`. It names where the token is, never the token."""

    name: str
    """The name in commands and lists: letters, digits, dots and dashes."""
    url: str
    """The address of its web pages, of a team's database, or of what else its kind reads."""
    kind: str = "rt"
    """The system, such as `rt`, `roundup` or `zendesk`; `tridesk account kinds` lists them."""
    user: str = ""
    """Our user there; empty for the token's owner. In Zendesk an API token goes with an e-mail address, an
    OAuth token with none; in Help Scout it is the app's ID."""
    secret: str = "keyring"
    """Where the token is: `keyring`, `ask`, `env:NAME` or `command:…`; of a team also `pgpass`."""
    ca_file: str = ""
    """The certificate authority to trust instead of the system's."""
    file_hosts: tuple[str, ...] = ()
    """Other hosts that its files are fetched from, such as `files.example.com` or `*.example.com`; Zendesk's own
    are known."""
    queues: dict[str, str] = {}
    """Its queues and the lane of each; the routing rules decide where the lane is empty. None named: all queues. In
    Zendesk a queue is a group, `brand:NAME` or `view:TITLE`; the first that holds a ticket counts."""
    statuses: dict[str, Status] = {}
    """What statuses of own lifecycles mean here."""
    fields: Fields = Fields()
    """The custom fields that a reply sets; fields that a ticket does not have are left out."""
    queue_field: str = ""
    """In Roundup: the property of issues that says which queue they are in."""
    note_field: str = "internal"
    """In Roundup: the property of messages that keeps them from customers; without one, notes stay here."""
    staff: tuple[str, ...] = ()
    """In Roundup and Redmine: who is one of us, by login, address or `@domain`; none named: who shares our own
    domain."""
    share: tuple[str, ...] = ()
    """Of a team: the mail accounts whose tickets this desk shares with it and whose replies it sends; `*` for all."""
    since: date | None = None
    """What happened before this day is left alone."""
    poll_seconds: int | None = None
    """The poll interval; not set: as its kind needs, usually 15."""
    requests_per_minute: int | None = None
    """The limit for requests; not set: as its kind allows, usually 240."""
    per_minute: int = 60
    """The most replies that are sent in a minute."""

    @property
    def connector(self) -> str:
        """The name that its tickets and replies carry."""
        return f"{self.kind}:{self.name}"

    @property
    def login(self) -> str:
        """The name that the token is stored under."""
        url = urlsplit(self.url)
        if kind_named(self.kind).address_names_user:
            return f"{url.netloc}{url.path}"
        return f"{self.user or 'token'}@{url.netloc or url.path}"

    @property
    def poll(self) -> int:
        """The poll interval in seconds."""
        return kind_named(self.kind).poll_seconds if self.poll_seconds is None else self.poll_seconds

    @property
    def requests(self) -> int:
        """The allowed requests per minute."""
        given = self.requests_per_minute
        return kind_named(self.kind).requests_per_minute if given is None else given

    @property
    def warning(self) -> str:
        """A notice for its users; usually empty."""
        return kind_named(self.kind).warning

    def here(self, remote: str) -> Status | None:
        """Return what a status of the system means here, None if unspecified."""
        return self.statuses.get(remote) or kind_named(self.kind).statuses.get(remote)

    def is_staff(self, login: str, address: str, own: str) -> bool:
        """Return whether someone is one of us, as `staff` says or by the domain of our `own` address."""
        domain = address.rpartition("@")[2]
        if self.staff:
            return bool({login, address, f"@{domain}"} & set(self.staff))
        return bool(domain) and domain == own.rpartition("@")[2]

    def there(self, status: Status) -> str:
        """Return the system's name for a status of ours; empty if it has no equivalent."""
        kind = kind_named(self.kind)
        known: Mapping[str, Status] = {**kind.statuses, **self.statuses}
        for wanted in (status, _LIKE.get(status)):
            for remote, meant in (*self.statuses.items(), *kind.statuses.items()):
                if meant is wanted and known[remote] is wanted and remote not in kind.never_set:
                    return remote
        return ""


def complete(tracker: Tracker) -> Tracker:
    """Return the tracker with its address normalised. Raises InputError with the invalid setting."""
    if not _NAME.fullmatch(tracker.name):
        raise _wrong(tracker, "name", "use letters, digits, dots and dashes")
    try:
        kind = kind_named(tracker.kind)
    except InputError as error:
        message = f"The tracker {tracker.name!r} in config.toml: kind cannot be used. {error.message}"
        raise InputError("Tracker not understood", message) from error
    try:
        url = kind.address(tracker.url.strip())
    except ValueError as error:
        raise _wrong(tracker, "url", str(error)) from None
    tracker = msgspec.structs.replace(tracker, url=url, secret=tracker.secret if kind.secret else NO_SECRET)
    allowed = {"keyring", "ask", "env", "command", *kind.other_secrets} if kind.secret else {NO_SECRET}
    if tracker.secret.partition(":")[0] not in allowed or tracker.secret in {"env:", "command:", "env", "command"}:
        raise _wrong(tracker, "secret", "use keyring, ask, env:NAME or command:…")
    limits = (tracker.poll, 1 if tracker.requests_per_minute is None else tracker.requests, tracker.per_minute)
    if min(limits) < 1:
        raise _wrong(tracker, "poll-seconds, requests-per-minute or per-minute", "use a positive number")
    return tracker


def name_of(url: str) -> str:
    """Return what a system may be called after its address: its host's first label, a database, a folder."""
    try:
        parts = urlsplit(url if "://" in url or url.startswith(("/", "~")) else f"https://{url}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.partition(".")[0] if parts.scheme in ("http", "https") else parts.path.rstrip("/").rpartition("/")[2]


def complete_all(trackers: tuple[Tracker, ...]) -> tuple[Tracker, ...]:
    """Return all trackers normalised. Raises InputError also if two have the same name."""
    results = tuple(complete(tracker) for tracker in trackers)
    names = [tracker.name for tracker in results]
    for name in names:
        if names.count(name) > 1:
            raise InputError("Tracker not understood", f"Two trackers are called {name!r}; rename one in config.toml.")
    return results


def _wrong(tracker: Tracker, setting: str, way: str) -> InputError:
    return InputError(
        "Tracker not understood", f"The tracker {tracker.name!r} in config.toml: {setting} cannot be used; {way}."
    )
