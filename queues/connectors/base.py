"""What every connector can be asked, and the one list of their names."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import Any, Protocol

from data.errors import InputError
from data.records import Incoming, OutboxEntry


class Capability(StrEnum):
    """What a connector is able to do; the desk offers nothing else."""

    FETCH = "fetch"
    SEND = "send"
    CLAIM = "claim"


class Connector(Protocol):
    """Mirrors one outside system: brings its messages in and carries our replies out. Used from one worker."""

    name: str
    capabilities: frozenset[Capability]

    def fetch(self, cursor: str = "") -> tuple[list[Incoming], str]:
        """Return what happened since the cursor, in order, and the next cursor. Raises ConnectorError."""
        ...

    def send(self, entry: OutboxEntry) -> str:
        """Deliver a reply and return a receipt. Raises ConnectorError where it surely was not taken."""
        ...

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        """Tell whether a reply in doubt arrived; None where the outside cannot know."""
        ...


CONNECTORS = {
    "demo": "queues.connectors.demo:DemoConnector",
    "email": "queues.connectors.email:EmailConnector",
    "files": "queues.connectors.outbox_folder:OutboxFolder",
}
"""Connectors by name, each as `module:class`, imported when first asked for.

A mail account streams raw mail instead of `fetch`: `queues.account_sync` keeps it in step with the desk.
"""


def connector_class(name: str) -> type[Any]:
    """Return the class of a connector. Raises InputError for a name that is none of ours, with those that are."""
    place = CONNECTORS.get(name)
    if place is None:
        raise InputError("Unknown connector", f"There is no connector {name!r}; known are {', '.join(CONNECTORS)}.")
    module, _, attribute = place.partition(":")
    found: type[Any] = getattr(import_module(module), attribute)
    return found
