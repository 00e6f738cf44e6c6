"""Exchanges with the outside world in a thread: sends due replies, fetches messages, wakes snoozed tickets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from data.errors import DeskError
from data.protocols import Clock
from data.records.incoming import Incoming
from data.records.outbox import OutboxEntry
from data.store import Store
from tui.look.words import as_sentence, translated
from tui.setup.writer import Writer

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.intake.language_of_incoming import Recogniser


class Outside(Protocol):
    """The methods of a connector that a round uses."""

    name: str

    def fetch(self, cursor: str = "") -> tuple[list[Incoming], str]:
        """Return what happened since `cursor`, and the next cursor. Raises ConnectorError."""
        ...

    def send(self, entry: OutboxEntry) -> object:
        """Deliver a reply. Raises ConnectorError if it was certainly not accepted."""
        ...

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        """Return whether a reply in doubt arrived."""
        ...


class Rounds:
    """Polls the connectors when `start` is called, unless the last round is still running."""

    def __init__(self, store_path: Path, writer: Writer[Desk], connectors: Sequence[Outside], clock: Clock) -> None:
        self._writer, self._connectors, self._clock = writer, connectors, clock
        self._thread: Writer[Store] = Writer(lambda: self._open(store_path), Store.close)
        self._senders: dict[str, Any] = {connector.name: connector for connector in connectors}
        self._running: Future[None] | None = None
        self._recogniser: Recogniser | None = None

    def start(self, on_trouble: Callable[[str], object]) -> None:
        """Begin a round unless one is running; `on_trouble` is called in its thread with an error message."""
        if self._running is None or self._running.done():
            self._running = self._thread.submit(lambda store: self._round(store, on_trouble))

    def wait(self) -> None:
        """Wait for the running round. Raises the exception that ended it."""
        if self._running is not None:
            self._running.result()

    def stop(self) -> None:
        """Wait for the running round, so that no reply is left between two states."""
        self._thread.stop()

    def _open(self, path: Path) -> Store:
        from queues.outgoing.outbox import recover

        store = Store.open(path)
        recover(store, self._senders)
        return store

    def _round(self, store: Store, on_trouble: Callable[[str], object]) -> None:
        from queues.outgoing.outbox import deliver_due

        self._writer.submit(lambda desk: desk.tick()).result()
        try:
            deliver_due(store, self._senders, self._clock())
        except DeskError as error:
            on_trouble(as_sentence(error))
        for connector in self._connectors:
            try:
                self._fetch(store, connector)
            except DeskError as error:
                on_trouble(f"{connector.name}: {translated(error.message)}")

    def _fetch(self, store: Store, connector: Outside) -> None:
        """File the incoming messages and store the cursor, in one transaction."""
        key = f"cursor.{connector.name}"
        items, cursor = connector.fetch(str(store.settings.get(key) or ""))
        if not items:
            return

        named = self._recognised(store, items)

        def file(desk: Desk) -> None:
            with desk.store.write():
                desk.receive(named)
                desk.store.settings.save(key, cursor)

        self._writer.submit(file).result()

    def _recognised(self, store: Store, items: Sequence[Incoming]) -> Sequence[Incoming]:
        """Detect the languages here, where nothing waits for it."""
        if self._recogniser is None:
            from tui.setup.open_desk import recogniser
            from tui.setup.settings import load

            self._recogniser = recogniser(store, load().settings)
        return self._recogniser.recognised(items)
