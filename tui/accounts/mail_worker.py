"""Synchronises the mail and ticketing systems of a desk: one thread per account, one process per desk file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from data.errors import DeskError
from data.locations import alone, private_folder
from data.protocols import Clock
from data.records.incoming import Incoming
from queues.accounts.mail_account import Account
from queues.accounts.secrets import Secrets
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import connector_class
from queues.connectors.email import EmailConnector
from queues.helper.client import Helper, RawMessage
from queues.outgoing.outbox import Delivery
from queues.remotes.account_filing import Filing
from queues.remotes.account_sync import AccountSync
from queues.remotes.tracker_mirror import Paced
from queues.remotes.tracker_sync import TrackerSync
from tui.look.words import translated
from tui.setup.clock import wall_clock
from tui.setup.open_desk import open_desk, recogniser
from tui.setup.settings import Settings


class SharedReader:
    """One helper process for all accounts; a second caller waits."""

    def __init__(self, helper: Helper) -> None:
        self._helper, self._lock = helper, threading.Lock()

    def read(self, messages: Sequence[RawMessage], *, connector: str, servers: Sequence[str] = ()) -> list[Incoming]:
        """Parse mails in the helper process. Raises ConnectorError if it cannot be started."""
        with self._lock:
            return self._helper.read(messages, connector=connector, servers=servers)


class MailKeeper:
    """Synchronises accounts and desk, once or until stopped."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        secrets: Secrets,
        *,
        clock: Clock = wall_clock,
        tell: Callable[[str], object] = lambda sentence: None,
        news: Callable[[], object] = lambda: None,
        paced: Paced = lambda name, link: None,
        fetching: Paced = lambda name, link: None,
    ) -> None:
        """`tell` gets messages for the agent, `news` is called when messages were filed, `paced` after a request to a
        rate-limited remote, `fetching` while a full mailbox is fetched; all in the account's thread.
        """
        self._path, self._settings, self._secrets, self._clock = path, settings, secrets, clock
        self._tell, self._news, self._paced, self._fetching = tell, news, paced, fetching
        self._stop = threading.Event()
        self._helper = Helper()
        self._reader = SharedReader(self._helper)
        self._threads: list[threading.Thread] = []

    def once(self, account: Account | Tracker) -> tuple[int, int, Delivery]:
        """Fetch and send for one account. Raises DeskError.

        Returns how many messages were filed, how many of them became history, and what left.
        """
        with self._syncing(account) as sync:
            delivery = sync.once()
            return sync.filed, sync.history, delivery

    def bring_all(self, tracker: Tracker) -> tuple[int, int]:
        """Bring all of the desk's own tickets into a team; return how many tickets and messages. Raises DeskError."""
        with self._syncing(tracker) as sync:
            return sync.bring_all() if isinstance(sync, TrackerSync) else (0, 0)

    def start(self, *, delays: tuple[float, ...] | None = None) -> None:
        """Start one thread per account. Raises StoreError and InputError."""
        open_desk(self._path, settings=self._settings).store.close()  # migrated before the threads start
        for account in self._settings.remotes:
            thread = threading.Thread(target=self._stay, args=(account, delays), name=account.connector, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop every thread between two steps, then the helper."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.close()

    def close(self) -> None:
        """Stop the helper process."""
        self._helper.close()

    def _stay(self, account: Account | Tracker, delays: tuple[float, ...] | None) -> None:
        try:
            with self._syncing(account) as sync:
                sync.run(self._stop, **({"delays": delays} if delays else {}))
        except DeskError as error:
            self._tell(f"{account.name}: {translated(error.title)}. {translated(error.message)}")

    @contextmanager
    def _syncing(self, account: Account | Tracker) -> Iterator[AccountSync | TrackerSync]:
        desk = open_desk(self._path, clock=self._clock, settings=self._settings)
        with closing(desk.store):
            named = recogniser(desk.store, self._settings)
            if isinstance(account, Tracker):
                system = connector_class(account.kind)(account, self._secrets)
                yield TrackerSync(
                    desk, system, account, self._reader, named.recognised, self._clock, self._tell, self._news,
                    self._paced,
                )  # fmt: skip
                return
            filing = Filing(desk, account, self._reader, named.recognised, self._clock)
            connector = EmailConnector(account, self._secrets)
            yield AccountSync(
                desk, connector, filing, self._clock, self._tell, self._news,
                lambda link: self._fetching(account.name, link),
            )  # fmt: skip


@contextmanager
def the_keeper(path: Path) -> Iterator[bool]:
    """Take the lock of the desk at `path` for synchronising; False if another process holds it."""
    private_folder(path.absolute().parent)
    with alone(path.with_name(path.name + ".sync")) as held:
        yield held
