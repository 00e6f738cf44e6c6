"""Reports a mail server that owes an answer and is silent, while the account's own thread waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from data.errors import StoreError
from data.store import Store
from queues.accounts.mail_account import Account
from queues.connectors.pulse import Pulse
from queues.remotes.links import Link, LinkState, links, save_link

SILENT = 6.0
"""Seconds without a word after which it is reported; the connection is given up much later."""
_LOOK = 0.5


class _Watch:
    def __init__(self, path: Path, account: Account, pulse: Pulse, tell: Callable[[str], object]) -> None:
        self._path, self._account, self._pulse, self._tell = path, account, pulse, tell
        self._before: Link | None = None
        """How the account stood before it was reported; None while nothing is."""

    def run(self, stop: Event) -> None:
        while not stop.wait(_LOOK):
            try:
                self._look()
            except StoreError:
                continue  # the file is busy: at the next look
        if self._before is not None:
            self._end()

    def _look(self) -> None:
        silent = self._pulse.silent_for()
        if silent >= SILENT and self._before is None:
            self._begin(silent)
        elif silent < SILENT and self._before is not None:
            self._end()

    def _begin(self, silent: float) -> None:
        server, connector = self._account.imap, self._account.connector
        sentence = (
            f"{server.host}:{server.port} has not answered for {silent:.0f} s; the desk waits, then connects again."
        )
        with closing(Store.open(self._path)) as store:
            self._before = links(store).get(connector, Link(LinkState.OFFLINE))
            save_link(store, connector, replace(self._before, state=LinkState.STALLED, sentence=sentence))
        self._tell(f"{self._account.name}: {LinkState.STALLED}. {sentence}")

    def _end(self) -> None:
        """Put back how the account stood, unless its own thread has said something newer."""
        before, connector = self._before, self._account.connector
        with closing(Store.open(self._path)) as store:
            link = links(store).get(connector)
            if before is not None and link is not None and link.state is LinkState.STALLED:
                save_link(store, connector, before)
        self._before = None


@contextmanager
def watched(path: Path, account: Account, pulse: Pulse, tell: Callable[[str], object]) -> Iterator[None]:
    """Report the account's mail server meanwhile when it is silent; `tell` is called in a thread of its own."""
    stop = Event()
    watch = Thread(target=_Watch(path, account, pulse, tell).run, args=(stop,), daemon=True)
    watch.start()
    try:
        yield
    finally:
        stop.set()
        watch.join()
