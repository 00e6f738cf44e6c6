"""Mirrored ticketing systems: address, our account there, and the lane of each queue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from data.errors import InputError
from data.records.tickets import Status
from queues.ground.loopback import is_loopback

Kind = Literal["rt", "roundup", "zendesk", "team"]
"""The ticketing systems that can be mirrored; a tracker's connector name begins with its kind."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")

HERE: dict[Kind, dict[str, Status]] = {
    "rt": {
        "new": Status.NEW,
        "open": Status.OPEN,
        "stalled": Status.PENDING,
        "resolved": Status.SOLVED,
        "rejected": Status.CLOSED,
        "deleted": Status.CLOSED,
    },
    "roundup": {
        "unread": Status.NEW,
        "chatting": Status.OPEN,
        "in-progress": Status.OPEN,
        "need-eg": Status.PENDING,
        "testing": Status.PENDING,
        "deferred": Status.ON_HOLD,
        "resolved": Status.SOLVED,
        "done-cbb": Status.SOLVED,
    },
    "zendesk": {
        "new": Status.NEW,
        "open": Status.OPEN,
        "pending": Status.PENDING,
        "hold": Status.ON_HOLD,
        "solved": Status.SOLVED,
        "closed": Status.CLOSED,
        "deleted": Status.CLOSED,
    },
    "team": {
        str(status): status
        for status in (Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED, Status.CLOSED)
    },
}
"""Our status for each default status of a system; if several map to one, the first is written back."""
_NEVER_SET: dict[Kind, set[str]] = {
    "rt": {"rejected", "deleted"},
    "roundup": set(),
    "zendesk": {"new", "closed", "deleted"},
    "team": set(),
}
_API = {"rt": "/REST/2.0", "roundup": "/rest", "zendesk": "/api/v2", "team": "/"}
"""The path of the API after the address of a system's pages."""
_PACES = {"rt": (15, 240), "roundup": (15, 240), "zendesk": (60, 100), "team": (15, 0)}
"""The default poll interval in seconds, and requests per minute (0: no limit), of each system.

A whole team may ask for Zendesk's export ten times a minute, and its smallest plan takes 200 requests.
"""
PGPASS = "pgpass"
"""The secret of a team whose password PostgreSQL's own library finds, in PGPASSFILE or ~/.pgpass."""
WARNINGS = {
    "zendesk": "Zendesk: written from its documentation, never tried against the live service; begin with a sandbox.",
}
"""Notices for anyone who sets up an account of this kind."""
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
    """The address of its web pages."""
    kind: Kind = "rt"
    """The system: Request Tracker, Roundup or Zendesk."""
    user: str = ""
    """Our user there; empty for the token's owner. In Zendesk an API token goes with an e-mail address, an
    OAuth token with none."""
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
    """In Roundup: who is one of us, by name, address or `@domain`; none named: who shares our own domain."""
    share: tuple[str, ...] = ()
    """Of a team: the mail accounts whose tickets this desk shares with it and whose replies it sends; `*` for all."""
    since: date | None = None
    """What happened before this day is left alone."""
    poll_seconds: int | None = None
    """The poll interval; not set: 15, and 60 for Zendesk."""
    requests_per_minute: int | None = None
    """The limit for requests; not set: 240, and 100 for Zendesk."""
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
        if self.kind == "team":
            return f"{url.netloc}{url.path}"  # its address names the user already
        return f"{self.user or 'token'}@{url.netloc}"

    @property
    def poll(self) -> int:
        """The poll interval in seconds."""
        return _PACES[self.kind][0] if self.poll_seconds is None else self.poll_seconds

    @property
    def requests(self) -> int:
        """The allowed requests per minute."""
        return _PACES[self.kind][1] if self.requests_per_minute is None else self.requests_per_minute

    @property
    def warning(self) -> str:
        """A notice for its users; usually empty."""
        return WARNINGS.get(self.kind, "")

    def here(self, remote: str) -> Status | None:
        """Return what a status of the system means here, None if unspecified."""
        return self.statuses.get(remote) or HERE[self.kind].get(remote)

    def there(self, status: Status) -> str:
        """Return the system's name for a status of ours; empty if it has no equivalent."""
        known: Mapping[str, Status] = HERE[self.kind] | self.statuses
        for wanted in (status, _LIKE.get(status)):
            for remote, meant in (*self.statuses.items(), *HERE[self.kind].items()):
                if meant is wanted and known[remote] is wanted and remote not in _NEVER_SET[self.kind]:
                    return remote
        return ""


def complete(tracker: Tracker) -> Tracker:
    """Return the tracker with its address normalised. Raises InputError with the invalid setting."""
    if not _NAME.fullmatch(tracker.name):
        raise _wrong(tracker, "name", "use letters, digits, dots and dashes")
    if tracker.kind == "team":
        return _complete_team(tracker)
    tracker = msgspec.structs.replace(tracker, url=_whole(tracker))
    try:
        url = urlsplit(tracker.url)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise _wrong(tracker, "url", "write it as https://host") from None
    if url.scheme not in {"http", "https"} or not host or url.username or url.query or url.fragment or port == 0:
        raise _wrong(tracker, "url", "write it as https://host, without user, ? and #")
    if url.scheme == "http" and not is_loopback(host):
        raise _wrong(tracker, "url", "a token goes over TLS only: use https://")
    _refuse_unfit(tracker)
    return msgspec.structs.replace(tracker, url=tracker.url.rstrip("/").removesuffix(_API[tracker.kind]))


def _complete_team(tracker: Tracker) -> Tracker:
    """Return the team's tracker with its address normalised. Raises InputError with the invalid setting."""
    given = tracker.url.strip()
    way = "write it as postgresql://login@host/database"
    try:
        url = urlsplit(given)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise _wrong(tracker, "url", way) from None
    if url.password is not None:
        raise _wrong(tracker, "url", "leave the password out; the keyring or PGPASSFILE has it")
    if url.scheme not in {"postgresql", "postgres"} or not host or not url.username or len(url.path) < 2:
        raise _wrong(tracker, "url", way)
    if url.query or url.fragment or port == 0 or "/" in url.path[1:]:
        raise _wrong(tracker, "url", f"{way}, without ? and #")
    _refuse_unfit(tracker)
    return msgspec.structs.replace(tracker, url=given)


def _refuse_unfit(tracker: Tracker) -> None:
    """Raise InputError where secret or limits cannot be used."""
    kinds = {"keyring", "ask", "env", "command"} | ({PGPASS} if tracker.kind == "team" else set())
    if tracker.secret.partition(":")[0] not in kinds or tracker.secret in {"env:", "command:", "env", "command"}:
        raise _wrong(tracker, "secret", "use keyring, ask, env:NAME or command:…")
    limits = (tracker.poll, 1 if tracker.requests_per_minute is None else tracker.requests, tracker.per_minute)
    if min(limits) < 1:
        raise _wrong(tracker, "poll-seconds, requests-per-minute or per-minute", "use a positive number")


def complete_all(trackers: tuple[Tracker, ...]) -> tuple[Tracker, ...]:
    """Return all trackers normalised. Raises InputError also if two have the same name."""
    results = tuple(complete(tracker) for tracker in trackers)
    names = [tracker.name for tracker in results]
    for name in names:
        if names.count(name) > 1:
            raise InputError("Tracker not understood", f"Two trackers are called {name!r}; rename one in config.toml.")
    return results


def _whole(tracker: Tracker) -> str:
    """Return the full address: for Zendesk the subdomain is enough."""
    given = tracker.url.strip()
    if tracker.kind == "zendesk" and re.fullmatch(r"[A-Za-z0-9-]+", given):
        return f"https://{given}.zendesk.com"
    return given


def _wrong(tracker: Tracker, setting: str, way: str) -> InputError:
    return InputError(
        "Tracker not understood", f"The tracker {tracker.name!r} in config.toml: {setting} cannot be used; {way}."
    )
