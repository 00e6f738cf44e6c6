"""The protocols of connectors, and how one is loaded by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from data.records.messages import Direction
from queues.accounts.kinds import connector_of

MAIL_FILES = "files"
"""The connector of imported mail files."""


class Capability(StrEnum):
    """What a connector can do; the desk offers nothing else."""

    FETCH = "fetch"
    SEND = "send"
    CLAIM = "claim"
    NOTE = "note"
    STATUS = "status"
    OWNER = "owner"
    FIELDS = "fields"
    TAGS = "tags"
    ATTACHMENTS = "attachments"
    """Files of messages come in, files of replies go out."""
    GUARD = "guard"
    """The system itself refuses a reply whose ticket changed since it was read."""
    QUEUE = "queue"
    """Tickets are moved between its queues from here: `Moving`."""
    ONCE = "once"
    """A reply or note that is offered again under its mark is taken once; none stays in doubt."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A message in a ticketing system, written as a mail, so that it is read like any other."""

    number: int
    """Counts what happened there, over all tickets."""
    ref: str
    """The ticket's number there."""
    raw: bytes
    direction: Direction
    at: int
    mark: str = ""
    """What we put on it ourselves, where it is ours."""
    author: str = ""
    """Who wrote it there, where the system says so by name."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What else a desk said with it, where the system keeps that (`Annotating`)."""


@dataclass(frozen=True, slots=True)
class RemoteTicket:
    """A ticket's state in its system."""

    ref: str
    status: str
    """The system's own word."""
    owner: str
    """The system's own name; empty if there is none."""
    queue: str
    subject: str
    requestor: str = ""
    """The requester's address."""
    people: frozenset[str] = frozenset()
    """The addresses that a reply goes to, lower case."""
    logins: frozenset[str] = frozenset()
    """Those people's names there, lower case."""
    fields: frozenset[str] = frozenset()
    """The names of the custom fields that it has."""
    language: str = ""
    like: str = ""
    """The system's built-in status that an own one of a team counts as."""
    tags: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)
    """What its custom fields hold, by their names there; a field without a value is not among them."""
    assigned: str = ""
    """Why it was assigned to its owner, where rules did that."""
    version: str = ""
    """Names this very state, for `RemoteReply.version`; empty if the system has no such thing."""


Filed = Callable[[int], bool]
"""Says whether the desk already has the message with this number."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What happened in a ticketing system after a cursor, in order."""

    messages: tuple[Happened, ...]
    tickets: Mapping[str, RemoteTicket]
    """By number: the tickets that anything happened to, in their current state."""
    moved: Mapping[str, str]
    """Tickets whose status, owner or tags changed, or may have, and by whom last."""
    cursor: str
    """Where to continue; only the connector knows what it means."""
    more: bool
    """There is more to fetch."""
    done: int = 0
    """How far this is, of what `newest` says."""


@dataclass(frozen=True, slots=True)
class RemoteReply:
    """A reply as a ticketing system takes it: words, files, the status and fields that go with them."""

    ref: str
    mark: str
    """By this it is recognised later."""
    text: str
    status: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, str, bytes], ...] = ()
    """Name, content type and content of each."""
    version: str = ""
    """The state of the ticket that it answers; empty for any."""
    tags: frozenset[str] = frozenset()
    """What the ticket carries here; a system that can takes them in the same request."""
    recipient: str = ""
    """Who it goes to, for a system that does not know by itself."""


class Offered(Protocol):
    """A reply that the system has whole, short of its last byte."""

    def finish(self) -> object:
        """Complete it and return its number there. Raises DoubtError if it is unknown whether it was, StaleError
        where the ticket is no longer in the version that the reply answers.
        """
        ...

    def drop(self) -> None:
        """Abandon it."""
        ...


@runtime_checkable
class Hinting(Protocol):
    """A system that says when something happened, so that the desk looks at once."""

    def listen(self, seconds: float) -> bool:
        """Wait so long for a hint, and return whether there was one. Raises ConnectorError."""
        ...


@runtime_checkable
class Annotating(Protocol):
    """A system that keeps with a note what it means for other desks."""

    def comment_about(self, ref: str, text: str, mark: str, about: Mapping[str, str]) -> int:
        """Write a note and return its number."""
        ...


@runtime_checkable
class Moving(Protocol):
    """A system whose tickets are moved between its queues from here."""

    def set_queue(self, ref: str, queue: str, version: str) -> RemoteTicket:
        """Move it, and return its state afterwards. Raises StaleError if someone else moved it since that version."""
        ...


@runtime_checkable
class KeepingFields(Protocol):
    """A system whose custom fields are set from here."""

    def set_fields(self, ref: str, values: Mapping[str, str], version: str) -> RemoteTicket:
        """Set custom fields by their names there, the empty string for no value; return its state afterwards.

        Raises StaleError if someone else changed one of them since that version.
        """
        ...


class TicketSystem(Protocol):
    """Mirrors a ticketing system: what `queues.remotes.tracker_sync` asks of a connector.

    Every call may raise ConnectorError. It never raises for what the system merely did not do: it
    returns the ticket's state afterwards.
    """

    name: str
    capabilities: frozenset[Capability]

    @property
    def requests(self) -> int:
        """How many requests were made in the last minute."""
        ...

    def me(self) -> str:
        """Return the name that we have there."""
        ...

    def wait_by(self, pause: Callable[[float], object]) -> None:
        """Wait with this function when the minute's requests are used up."""
        ...

    def check(self) -> str:
        """Test everything needed, and return a short description of what was found."""
        ...

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return what happened after the cursor (empty: from the beginning), a page at most."""
        ...

    def look(self, ref: str, filed: Filed) -> Batch | None:
        """Return what happened to one ticket up to now; None if `after` is never late."""
        ...

    def newest(self) -> int:
        """Return how far its numbers go now, for the progress of a long fetch."""
        ...

    def ticket(self, ref: str) -> RemoteTicket:
        """Return a ticket's state."""
        ...

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Try to become its owner in place of `before` (empty: no one), and return its state afterwards."""
        ...

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it from its owner `before` to another, or to no one, and return its state afterwards."""
        ...

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set its status, and return its state afterwards. `version` is the one that the agent saw, empty for any.

        A system that can compare raises StaleError where the status was changed since by someone else.
        """
        ...

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove tags and leave the others alone; return its state afterwards, without what it cannot have."""
        ...

    def offer(self, reply: RemoteReply) -> Offered:
        """Send a reply, except for its last byte."""
        ...

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a note and return its number."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


CONNECTORS = {
    "demo": "queues.connectors.demo:DemoConnector",
    "email": "queues.connectors.email:EmailConnector",
    "files": "queues.connectors.outbox_folder:OutboxFolder",
}
"""The connectors that are not ticketing systems, each as `module:class`, imported when first asked for.

A mail account streams raw mail instead of `fetch`: `queues.remotes.account_sync` keeps it in step with the desk.
"""


def connector_class(name: str) -> type[Any]:
    """Return the class of a connector, or of a kind of ticketing system. Raises InputError if it is not there."""
    place = CONNECTORS.get(name)
    if place is None:
        return connector_of(name)
    module, _, attribute = place.partition(":")
    result: type[Any] = getattr(import_module(module), attribute)
    return result
