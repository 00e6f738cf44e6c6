"""The state of the connection to each account, kept in the store so that every window sees it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from data.store import Store

_KEY = "links"


class LinkState(StrEnum):
    """Whether mail can come and go."""

    ONLINE = "online"
    FETCHING = "fetching"
    WAITING = "waiting"
    """The requests of this minute are used up."""
    NO_SENDING = "no sending"
    STALLED = "not answering"
    """The server keeps the connection open and says nothing."""
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Link:
    """The way to one account."""

    state: LinkState
    sentence: str = ""
    """What is wrong, where something is."""
    done: int = 0
    total: int = 0
    """Mails fetched of those that are to be, while fetching."""
    used: int = 0
    """Requests made in the minute before `at`."""
    allowed: int = 0
    """The limit per minute; 0 if there is none, as with mail."""
    at: int = 0
    next_at: int = 0
    """When the remote is looked at next."""


def links(store: Store) -> dict[str, Link]:
    """Return the last known state of each account's connection, by connector."""
    result = store.settings.get(_KEY) or {}
    return {name: Link(**{**values, "state": LinkState(values["state"])}) for name, values in result.items()}


def save_link(store: Store, connector: str, link: Link) -> None:
    """Write the state of an account's connection, if it changed."""
    if links(store).get(connector) == link:
        return
    with store.write(bulk=True):
        known = store.settings.get(_KEY) or {}
        store.settings.save(_KEY, known | {connector: asdict(link)})


def forget_links(store: Store, connectors: frozenset[str]) -> None:
    """Drop the states of accounts that no longer exist."""
    known = store.settings.get(_KEY) or {}
    if set(known) - connectors:
        with store.write():
            store.settings.save(_KEY, {name: values for name, values in known.items() if name in connectors})
