"""One mail account and its desk, kept in step: what came is filed, what is due leaves, flags on the server follow.

Everything of an account happens in one thread with its own store, so that its steps follow each other in order.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from threading import Event

from data.errors import ConnectorError, StoreError, UnreachableError
from data.protocols import Clock
from data.records.outbox import OutboxEntry
from queues.connectors.email import EmailConnector
from queues.connectors.imap import Mailbox
from queues.connectors.imap_answers import Fetched, Selected
from queues.connectors.mail_faults import LoginRefusedError
from queues.desk.desk import Desk
from queues.outgoing.outbox import Delivery, deliver_due
from queues.remotes.account_filing import Answers, Filing
from queues.remotes.account_flags import Following
from queues.remotes.account_sent import SentMail
from queues.remotes.links import Link, LinkState, save_link
from queues.remotes.lost_replies import reopening
from queues.remotes.stall_watch import watched

log = logging.getLogger(__name__)

TICK = 0.1
"""Seconds between two looks at what the agent did; a look costs microseconds."""
ALIVE = 6.0
"""Seconds of quiet after which a wait is begun again: a server that answers that is there."""
FRESH = 240.0
"""Seconds after which a wait for news is begun again, so that no one in between forgets the connection (RFC 2177)."""
DELAYS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds before each further attempt to connect, and up to half as many more: many desks do not come back at one
moment."""
FULL = 2_000
"""So many new mails are an old mailbox rather than a night's mail."""
FEW_FILED = 20
"""So many new mails are worth a word at once; a full mailbox is looked at now and then anyway."""
SENT_EVERY, SENT_AGAIN = 60.0, 5.0
"""Seconds between polls of the sent mail folder; a mail marked as answered triggers a poll at once."""

Tell = Callable[[str], object]


class AccountSync:
    """Looks after one account, once or until it is stopped."""

    def __init__(
        self,
        desk: Desk,
        connector: EmailConnector,
        filing: Filing,
        clock: Clock,
        tell: Tell = lambda sentence: None,
        news: Callable[[], object] = lambda: None,
        fetching: Callable[[Link], object] = lambda link: None,
    ) -> None:
        """`tell` gets a sentence for the agent, `news` is called when mail was filed, `fetching` while a full mailbox
        is fetched; all in the account's thread.
        """
        self._desk, self._connector, self._filing, self._clock, self._tell = desk, connector, filing, clock, tell
        self._news, self._fetching = news, fetching
        self._store, self._account = desk.store, connector.account
        self._box: Mailbox | None = None
        self._selected = Selected(0, 0, 0, False)
        self._following = Following(desk, connector.account, filing, tell)
        self._sent = SentMail(desk.store, connector, filing, clock)
        self._untold = False
        """There may be news that the server will not announce: it came while another folder was open, or it went with
        the answers to other commands."""
        self._look_at_sent = True
        self._no_sending_before = 0.0
        self._seen = -1
        self._last_reported = ""
        self.filed = 0
        self.history = 0
        """How many of what was filed is no work: it came before the desk began to work on the mailbox."""

    def once(self) -> Delivery:
        """Fetch what is there, send what is due, and leave. Raises ConnectorError with what stood in the way."""
        with self._watched():
            return self._once()

    def _watched(self) -> AbstractContextManager[None]:
        return watched(self._store.path, self._account, self._connector.pulse, self._tell)

    def _once(self) -> Delivery:
        try:
            self._open()
            self._catch_up(Event())
            self._following.push(self._require())  # a ticket that was taken over is claimed before its reply leaves
            delivery = self._deliver()
            self._copy_sent()
            self._following.push(self._require())
            self._save(LinkState.ONLINE)
            return delivery
        except ConnectorError as error:
            self._save(LinkState.OFFLINE, error.message)
            raise
        finally:
            self.close()

    def run(self, stop: Event, *, delays: tuple[float, ...] = DELAYS) -> None:
        """Run until `stop`; a failure is reported once and retried until it recovers."""
        with self._watched():
            self._run(stop, delays)

    def _run(self, stop: Event, delays: tuple[float, ...]) -> None:
        attempt = 0
        while not stop.is_set():
            stood = False
            try:
                self._open()
                self._catch_up(stop)
                attempt, stood = 0, True
                self._report_recovery()
                self._stay(stop)
            except (ConnectorError, StoreError) as error:
                if stood and isinstance(error, UnreachableError):
                    self._save(LinkState.OFFLINE, error.message)  # servers end idle connections: the next tells more
                else:
                    self._fault(error.title, error.message)
                if isinstance(error, LoginRefusedError):  # a server that is asked too often locks the account
                    attempt = len(delays)
            except Exception as error:  # the border of this thread: the other accounts and the screen go on
                log.error("an account's thread failed: %s", type(error).__name__)
                self._fault("Fault", f"An error in the program itself ({type(error).__name__}); it is tried again.")
            finally:
                self.close()
            stop.wait(delays[min(attempt, len(delays) - 1)] * random.uniform(1, 1.5))
            attempt += 1

    def close(self) -> None:
        """End the connections."""
        box, self._box = self._box, None
        if box is not None:
            box.close()
        self._connector.rest()

    def _open(self) -> None:
        with self._store.write():  # what was being sent when an earlier run ended is in doubt
            self._store.outbox.doubt_all([self._connector.name])
        self._box = self._connector.mailbox()
        self._following.can_claim = False
        self._select()
        self._sent.find(self._box)
        self._fetch_sent()

    def _select(self) -> None:
        """Open the mailbox; one that was made again is read from its beginning, and what is known is recognised."""
        self._selected = self._require().select(self._account.mailbox)
        self._following.select(self._account.mailbox, self._selected)
        self._untold = True

    def _require(self) -> Mailbox:
        if self._box is None:
            raise UnreachableError("Not reachable", "The connection has ended; it is tried again.")
        return self._box

    def _catch_up(self, stop: Event) -> None:
        """Do what was left by an earlier run, then fetch everything new."""
        self._file_all()
        self._fetch(stop)
        if self._following.pull(self._require()):
            self._fetch_sent()

    def _stay(self, stop: Event) -> None:
        """Wait for news of either side, and act on it."""
        waited, quiet, since_sent = 0.0, 0.0, 0.0
        while not stop.is_set():
            box = self._require()
            self._errands()
            if quiet >= ALIVE:
                self._untold |= box.stop_waiting()
                quiet = 0.0
            if self._untold:
                news = True
            elif box.idles:
                news = box.wait(TICK)
            else:
                stop.wait(TICK)
                news = False
            waited, quiet, since_sent = waited + TICK, quiet + TICK, since_sent + TICK
            due = waited >= (FRESH if box.idles else self._account.poll_seconds)
            if news or due:
                self._untold = False
                box.stop_waiting()
                if due:
                    box.poll()
                    waited = 0.0
                self._fetch(stop)
                self._look_at_sent |= self._following.pull(box)
            if self._look_at_sent or since_sent >= SENT_EVERY:
                # who marks a mail as answered may put the copy there a little later
                since_sent = SENT_EVERY - SENT_AGAIN if self._look_at_sent else 0.0
                box.stop_waiting()
                self._fetch_sent()

    def _errands(self) -> None:
        """Send what is due and mark what changed, where there is any of it."""
        now, names = self._clock(), [self._connector.name]
        version = self._store.data_version()
        due = now >= self._no_sending_before and self._store.outbox.due(now, names, limit=1)
        if not due and version == self._seen:
            return
        self._seen = version
        if not due and not self._following.has_unpushed() and not self._store.outbox.uncopied(names[0], limit=1):
            return
        box = self._require()
        box.stop_waiting()
        self._untold = True
        self._following.push(box)  # a ticket that was taken over is claimed before its reply leaves
        try:
            if due:
                self._deliver()
                self._connector.rest()
        except UnreachableError as error:
            self._no_sending_before = now + 30
            self._fault(error.title, error.message, LinkState.NO_SENDING)
        else:
            if due:
                self._report_recovery()
        self._copy_sent()
        self._following.push(box)

    def _deliver(self) -> Delivery:
        """Send what is due; a ticket that someone else has is not answered from here."""
        now = self._clock()
        done = deliver_due(
            self._store, {self._connector.name: self._connector}, now, holds=self._holds,
            lost=reopening(self._desk, self._connector.name),
        )  # fmt: skip
        if done == Delivery():  # as many as may leave have left
            self._no_sending_before = now + 2
        self._look_at_sent |= done.doubted > 0
        if done.failed or done.held or done.doubted:
            parts = (f"{done.failed} failed", f"{done.held} held", f"{done.doubted} in doubt")
            counts = ", ".join(part for part in parts if not part.startswith("0"))
            self._tell(f"{self._account.name}: replies {counts}; see the outbox.")
        return done

    def _holds(self, entry: OutboxEntry) -> str:
        return self._following.claim_for(self._require(), entry)

    def _fetch(self, stop: Event) -> None:
        """Fetch what is above the high-water mark, a group at a time.

        What waits to leave waits for it, as a customer may have written again; not for a full mailbox, though.
        """
        box, mailbox = self._require(), self._account.mailbox
        uids = box.uids_after(self._filing.mark(mailbox).get("uid", 0), self._account.since)
        many, done = len(uids) > 100, 0
        for group in filter(None, box.fetch(uids)):
            self._filing.keep(mailbox, self._selected.uidvalidity, group, self._answers(group))
            self._file_all()
            done += len(group)
            if stop.is_set():
                return
            if many:
                self._save(LinkState.FETCHING, done=done, total=len(uids))
                self._fetching(Link(LinkState.FETCHING, "", done, len(uids)))
            if len(uids) > FULL:
                self._errands()
        self._sent.read_through()
        if many:
            self._save(LinkState.ONLINE)

    def _answers(self, group: Sequence[Fetched]) -> Answers | None:
        """Return what was sent in answer to a group of mails before this desk saw them."""
        answers = self._sent.answers(self._require(), group)
        if answers is not None:
            self._select()
        return answers

    def _file_all(self) -> None:
        before, seen = self.filed, self._following.picture.first_sight
        while filed := self._filing.file(outgoing=self._sent.folder, seen=seen):
            self.filed += len(filed)
            self.history += sum(self._filing.is_history(place) for place, _ in filed)
        if self.filed > before:
            self._seen = -1  # what was filed may change flags, of a ticket that is open again
        if 0 < self.filed - before <= FEW_FILED:
            self._news()

    def _fetch_sent(self) -> None:
        """Take in what other programs and other desks answered from this account."""
        self._look_at_sent = False
        self._sent.take_in(self._require())
        self._file_all()
        self._select()

    def _copy_sent(self) -> None:
        """Put the copies of sent replies into their folder; where that fails, they wait, and the agent is notified."""
        box = self._require()
        if not self._store.outbox.uncopied(self._connector.name, limit=1):
            return
        box.stop_waiting()
        try:
            self._sent.copy(box)
        except UnreachableError:
            raise
        except ConnectorError as error:
            message = f"{error.message} The reply was sent; its copy is put there later."
            self._fault(error.title, message, LinkState.ONLINE)
        self._select()

    def _fault(self, title: str, sentence: str, state: LinkState = LinkState.OFFLINE) -> None:
        """Tell a fault once, however often it comes again."""
        self._save(state, sentence)
        if sentence != self._last_reported:
            self._last_reported = sentence
            self._tell(f"{self._account.name}: {title}. {sentence}")

    def _report_recovery(self) -> None:
        self._save(LinkState.ONLINE)
        if self._last_reported:
            self._last_reported = ""
            self._tell(f"{self._account.name}: online again.")

    def _save(self, state: LinkState, sentence: str = "", *, done: int = 0, total: int = 0) -> None:
        save_link(self._store, self._connector.name, Link(state, sentence, done, total))
