"""`[[hook]]` of the settings: which events, and where they are delivered."""

from __future__ import annotations

import re
from collections.abc import Collection
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from data.errors import InputError
from queues.ground.loopback import is_loopback

ALL = "*"
"""Every type of event."""
TYPES: dict[str, str] = {
    "ticket.received": "a customer's message opened a ticket",
    "ticket.opened": "we opened a ticket, by writing first or out of another's messages",
    "message.received": "a customer wrote again",
    "ticket.answered": "an agent answered, here or elsewhere",
    "reply.refused": "a reply could not be delivered, and an agent has to decide",
    "reply.held": "a reply was held, because someone wrote meanwhile",
    "reply.doubted": "it is unknown whether a reply arrived",
    "note.written": "a note was written",
    "note.mentioned": "a note mentions someone with `@name`",
    "ticket.assigned": "a ticket was given to an agent, or to no one",
    "ticket.solved": "a ticket was solved",
    "ticket.closed": "a ticket was closed",
    "ticket.reopened": "a solved or closed ticket is open again",
    "ticket.moved": "a ticket went to another lane",
    "ticket.tagged": "tags were added or removed",
    "ticket.prioritised": "the priority changed",
    "ticket.severity": "the severity of harm changed",
    "ticket.escalated": "a ticket went to another team",
    "escalation.answered": "the other team answered, sent it back, or it was closed",
    "escalation.overdue": "the other team is late",
    "ticket.breached": "a clock ran out",
    "ticket.woken": "a snooze ended",
    "ticket.rated": "a customer rated the help",
}
"""Every type of event that a hook can get, and what it means."""
UNDONE, TEST = "ticket.undone", "hook.test"
"""Types that no hook has to ask for: an event that it got was undone later; a trial."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_PRINTABLE = re.compile(r"[!-~]+")


class Hook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[hook]]` of `config.toml`. It names where the secret is, never the secret."""

    name: str
    """The name in commands and lists: letters, digits, dots and dashes."""
    events: tuple[str, ...]
    """The types of events that it gets, such as `ticket.solved`; `*` for everything."""
    url: str = ""
    """The address that a signed webhook is posted to: https, or http on this machine."""
    command: tuple[str, ...] = ()
    """In place of an address: a program with its arguments, started without a shell; it reads JSON on its input."""
    lanes: tuple[str, ...] = ()
    """Only tickets in these lanes; none for all."""
    tags: tuple[str, ...] = ()
    """Only tickets with any of these tags; none for all."""
    secret: str = "keyring"
    """Where the secret that signs webhooks is: `keyring`, `env:NAME` or `command:…`."""
    timeout: Annotated[int, Meta(ge=1, le=60)] = 10
    """Seconds that one attempt may take."""
    full: bool = False
    """Send what is confidential unmasked; your role must allow it."""
    ca_file: str = ""
    """The certificate authority to trust instead of the system's, for a receiver of your own."""

    @property
    def login(self) -> str:
        """The name of its secret in the keyring."""
        return f"hook:{self.name}"

    @property
    def place(self) -> str:
        """Where it delivers to, without what may be secret in an address."""
        if self.command:
            return self.command[0]
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def target(self) -> str:
        """What tells this receiver from another, without naming it."""
        written = "\0".join((self.url, *self.command, str(self.full)))
        return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def wants(self, kind: str, lane: str, tags: tuple[str, ...]) -> bool:
        """Return whether it gets events of this type on a ticket in this lane with these tags."""
        return (
            (ALL in self.events or kind in self.events)
            and (not self.lanes or lane in self.lanes)
            and (not self.tags or not set(self.tags).isdisjoint(tags))
        )


def check_all(hooks: tuple[Hook, ...]) -> None:
    """Raise InputError with the first setting that cannot be used."""
    seen: set[str] = set()
    for hook in hooks:
        if hint := _wrong(hook, seen):
            raise InputError("Hook not understood", f"The hook {hook.name!r} in config.toml: {hint}")
        seen.add(hook.name)


def check_lanes(hooks: tuple[Hook, ...], lanes: Collection[str], where: str) -> None:
    """Raise InputError for a lane that the desk does not have; `where` is the file that names it."""
    for hook in hooks:
        for lane in hook.lanes:
            if lane not in lanes:
                known = ", ".join(lanes)
                raise InputError(
                    "Hook not understood", f"{where}: the hook {hook.name!r} names the lane {lane!r} under lanes; the "
                    f"lanes are {known}."
                )  # fmt: skip


def _wrong(hook: Hook, seen: set[str]) -> str:
    """Return the setting that cannot be used and what to write instead; empty if all can."""
    if not _NAME.fullmatch(hook.name):
        return "name cannot be used; use letters, digits, dots and dashes."
    if hook.name in seen:
        return "name is that of a hook before it; rename one."
    if not hook.events:
        return f"events is empty; name some, such as ticket.solved, or {ALL} for all."
    for kind in hook.events:
        if kind not in TYPES and kind != ALL:
            return f"events names {kind!r}, which there is not; known are {', '.join(TYPES)}."
    if bool(hook.url) == bool(hook.command):
        return "url and command: write one of them, and not both."
    if hook.command and (not hook.command[0].strip() or any("\0" in part for part in hook.command)):
        return "command cannot be used; write the program first, then its arguments."
    if hook.secret.startswith("whsec_"):
        return "secret is the secret itself; write keyring, and give it with `tridesk hooks secret`."
    kind, _, place = hook.secret.partition(":")
    if hook.secret != "keyring" and (kind not in {"env", "command"} or not place):
        return "secret cannot be used; use keyring, env:NAME or command:…."
    return _wrong_url(hook.url) if hook.url else ""


def _wrong_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        host.encode("idna")
    except ValueError:
        return "url is not an address; write it as https://host/path."
    if not _PRINTABLE.fullmatch(url) or parts.scheme not in {"https", "http"} or not host or port == 0:
        return "url is not an address; write it as https://host/path."
    if parts.username is not None or parts.password is not None:
        return "url has a login in it; take it out: each delivery is signed with the secret."
    if parts.fragment:
        return "url has a part after #, which is never sent; take it out."
    if parts.scheme == "http" and not is_loopback(host):
        return f"url goes to {host} without TLS; write https://."
    return ""
