"""What the connectors of all systems over HTTP have alike, and the feed of those that list tickets by their time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from data.errors import RefusedError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import Batch, Filed, RemoteTicket
from queues.connectors.changed_since import ChangedSince, first_moment
from queues.connectors.web import WebClient


class SecretOf(Protocol):
    """Where a connector gets its password, token or key."""

    def __call__(self, tracker: Tracker, /) -> str:
        """Return it, read again each time."""
        ...


class WebSystem:
    """A ticketing system over HTTP, in one thread."""

    web: WebClient

    @property
    def requests(self) -> int:
        """How many requests were made in the last minute."""
        return self.web.requests

    def wait_by(self, pause: Callable[[float], object]) -> None:
        """Wait with this function when the minute's requests are used up."""
        self.web.pause = pause

    def close(self) -> None:
        """End the connection."""
        self.web.close()


class SystemByTime(WebSystem, ABC):
    """One whose tickets are listed by when they changed."""

    tracker: Tracker
    _feed: ChangedSince

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return a page of the tickets that changed: a request, and for each those for what is new on it."""
        page = self._feed.next(cursor, first_moment(self.tracker.since), self._changed)
        return self._batch(page.rows, filed, page.cursor, more=page.more, done=page.done)

    def look(self, ref: str, filed: Filed) -> Batch:
        """Return what happened to one ticket up to now; nothing if it is no longer there, or no longer ours to see."""
        try:
            row = self._row(ref)
        except RefusedError:
            return self._batch([], filed)
        return self._batch([row], filed)

    def ticket(self, ref: str) -> RemoteTicket:
        """Return a ticket's state. Raises NotFoundError."""
        return self._remote(self._row(ref))

    @abstractmethod
    def _changed(self, since: int, page: int) -> tuple[Sequence[Mapping[str, Any]], bool]:
        """Return a page of what changed since a moment, and whether there are more."""

    @abstractmethod
    def _batch(
        self, rows: Sequence[Mapping[str, Any]], filed: Filed, cursor: str = "", *, more: bool = False, done: int = 0
    ) -> Batch:
        """Return what the desk does not have yet of these tickets."""

    @abstractmethod
    def _row(self, ref: str) -> Mapping[str, Any]:
        """Return a ticket as the system gives it. Raises RefusedError."""

    @abstractmethod
    def _remote(self, row: Mapping[str, Any]) -> RemoteTicket:
        """Return a ticket's state."""
