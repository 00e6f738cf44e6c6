"""One ticketing system and its desk, kept in step, in one thread with its own store.

What happened there is filed in one transaction with how far it was read. What is done here follows it once its undo
window is over; a claim follows at once. Where both sides changed a ticket, the other side wins.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from threading import Event

from data.errors import ConnectorError, StoreError
from data.protocols import Clock
from data.records.outbox import OutboxEntry
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import Hinting, TicketSystem
from queues.connectors.team import Team
from queues.connectors.web import BusyError
from queues.desk.desk import Desk
from queues.outgoing.outbox import Delivery, deliver_due
from queues.remotes.account_filing import Reader
from queues.remotes.links import LinkState
from queues.remotes.lost_replies import reopening
from queues.remotes.team_assigning import assigning_of
from queues.remotes.team_presence import presence_of
from queues.remotes.team_sharing import Sharing
from queues.remotes.tracker_claims import claim_all
from queues.remotes.tracker_fetching import Fetching, Recognise
from queues.remotes.tracker_mirror import Mirror, Paced, Tell
from queues.remotes.tracker_pushing import Pushing
from queues.remotes.tracker_replies import Replies
from queues.remotes.tracker_sent import SentByUs

log = logging.getLogger(__name__)

TICK = 0.2
"""Seconds between two looks at what the agent did."""
DELAYS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds before each further attempt, and up to half as many more: many desks do not come back at one moment."""


class TrackerSync:
    """Looks after one ticketing system, once or until it is stopped."""

    def __init__(
        self,
        desk: Desk,
        system: TicketSystem,
        tracker: Tracker,
        reader: Reader,
        recognise: Recognise,
        clock: Clock,
        tell: Tell = lambda sentence: None,
        news: Callable[[], object] = lambda: None,
        paced: Paced = lambda name, link: None,
    ) -> None:
        """`tell` gets a sentence for the agent, `news` is called when messages were filed, `paced` when the way there
        was written down; all in this thread.
        """
        self._mirror = Mirror(desk, system, tracker, clock, tell)
        self._mirror.paced = paced
        self._sent_by_us = SentByUs(self._mirror)
        self._fetching = Fetching(self._mirror, self._sent_by_us, reader, recognise, news)
        self._replies = Replies(self._mirror, self._sent_by_us, self._fetching)
        self._pushing = Pushing(self._mirror, self._sent_by_us, self._fetching)
        self._all_of_it = Sharing(self._mirror, system, self._sent_by_us) if isinstance(system, Team) else None
        self._sharing = self._all_of_it if tracker.share else None
        self._presence = presence_of(self._mirror, system)
        self._assigning = assigning_of(self._mirror, system, self._sent_by_us)
        self._system, self._tracker, self._clock, self._tell = system, tracker, clock, tell
        self._store, self._name = desk.store, tracker.connector
        self._seen = -1
        self._unseen: set[int] = set()
        """The replies in doubt that could not be looked for, which was told."""
        self._last_reported = ""

    @property
    def filed(self) -> int:
        """How many messages were filed."""
        return self._fetching.filed

    @property
    def history(self) -> int:
        """How many of them became history: none, a ticketing system's tickets are its work."""
        return 0

    def once(self) -> Delivery:
        """Fetch what happened, carry out what is due, and leave. Raises ConnectorError with what stood in the way."""
        self._system.wait_by(lambda seconds: self._pause(seconds, Event()))
        try:
            self._catch_up(Event())
            done = self._carry_out()
            self._mirror.save_link(LinkState.ONLINE)
            return done
        except ConnectorError as error:
            self._mirror.save_link(LinkState.OFFLINE, error.message)
            raise
        finally:
            self.close()

    def bring_all(self) -> tuple[int, int]:
        """Bring all of this file's own tickets into the team, once; return how many tickets and messages.

        Raises ConnectorError; what was brought until then is not brought again.
        """
        try:
            self._catch_up(Event())
            self._carry_out()
            return self._all_of_it.bring_all() if self._all_of_it is not None else (0, 0)
        finally:
            self.close()

    def run(self, stop: Event, *, delays: tuple[float, ...] = DELAYS) -> None:
        """Run until `stop`; a failure is reported once and retried until it recovers."""
        self._system.wait_by(lambda seconds: self._pause(seconds, stop))
        attempt = 0
        while not stop.is_set():
            asked = 0.0
            try:
                self._catch_up(stop)
                self._carry_out()
                attempt = 0
                self._report_recovery()
                self._stay(stop)
                break
            except (ConnectorError, StoreError) as error:
                title, sentence = error.title, error.message
                asked = float(error.seconds) if isinstance(error, BusyError) else 0.0
            except Exception as error:  # the border of this thread: the other accounts and the screen go on
                log.error("a tracker's thread failed: %s", type(error).__name__)
                title = "Fault"
                sentence = f"An error in the program itself ({type(error).__name__}); it is tried again."
            finally:
                self.close()
            wait = max(asked, delays[min(attempt, len(delays) - 1)]) * random.uniform(1, 1.5)
            attempt += 1
            self._fault(title, sentence, wait)
            stop.wait(wait)

    def close(self) -> None:
        """End the connection."""
        self._system.close()
        if self._presence is not None:
            self._presence.forget()

    def _pause(self, seconds: float, stop: Event) -> None:
        """Wait because the requests of this minute are used up, and say so."""
        self._mirror.save_link(LinkState.WAITING, wait=seconds)
        self._tell(f"{self._tracker.name}: no requests are left of this minute; it goes on in {seconds:.0f} s.")
        stop.wait(seconds)
        self._mirror.save_link(LinkState.ONLINE, wait=self._tracker.poll)

    def _stay(self, stop: Event) -> None:
        """Look for news of either side, and act on it."""
        waited = 0.0
        while not stop.is_set():
            hinted = self._pause_a_tick(stop)
            waited += TICK
            if hinted or waited >= self._tracker.poll:
                waited = 0.0
                self._fetching.fetch(stop)
                self._settle()
                if self._sharing is not None:
                    self._sharing.share()
                if self._presence is not None:
                    self._presence.exchange()
                if self._assigning is not None:
                    self._assigning.assign()
                self._mirror.save_link(LinkState.ONLINE, wait=self._tracker.poll)
            version = self._store.data_version()
            due = self._store.outbox.due(self._clock(), [self._name], limit=1)
            if due or version != self._seen or self._pushing.waits():
                self._seen, before = version, self._system.requests
                self._carry_out()
                if self._presence is not None:
                    self._presence.exchange()
                if self._system.requests != before:
                    self._mirror.save_link(LinkState.ONLINE, wait=self._tracker.poll - waited)

    def _pause_a_tick(self, stop: Event) -> bool:
        """Wait for the next look at what the agent did; return at once, and whether, something happened there."""
        if isinstance(self._system, Hinting):
            return self._system.listen(TICK)
        stop.wait(TICK)
        return False

    def _catch_up(self, stop: Event) -> None:
        """Resolve what an earlier run was sending, and fetch everything new."""
        with self._store.write():
            self._store.outbox.doubt_all([self._name])
        self._fetching.fetch(stop)
        if self._presence is not None:
            self._presence.meet()
        self._settle()

    def _settle(self) -> None:
        """Decide about replies in doubt. One that cannot be looked for stays so, is told, and holds nothing else up."""
        doubtful = self._sent_by_us.doubtful()
        self._unseen &= {entry.id for entry in doubtful}
        self._sent_by_us.settle({entry.id for entry in doubtful if self._looked_for(entry)})

    def _looked_for(self, entry: OutboxEntry) -> bool:
        """Read what happened to the ticket of a reply in doubt; return whether that could be read."""
        ticket, name = self._mirror.ticket(entry.ticket_id), self._tracker.name
        if ticket is None:
            return True
        try:
            seen = self._fetching.look_late(ticket.external_ref)
            reason = f"{name} no longer shows its ticket {ticket.external_ref}: look there, and decide in the outbox."
        except ConnectorError as error:  # what concerns more than this one stops the next fetch as well
            seen, reason = False, error.message
        if seen:
            self._unseen.discard(entry.id)
        elif entry.id not in self._unseen:
            self._unseen.add(entry.id)
            self._tell(f"{name}, #{ticket.id}: a reply stays in doubt. {reason}")
        return seen

    def _carry_out(self) -> Delivery:
        """Claim, send and change there what was done here; share what is ours."""
        if self._sharing is not None:
            self._sharing.share()
        claim_all(self._mirror)
        done = deliver_due(
            self._store, {self._name: self._replies}, self._clock(), holds=self._replies.holds,
            lost=reopening(self._mirror.desk, self._name),
        )  # fmt: skip
        if done.failed or done.held or done.doubted:
            parts = (f"{done.failed} failed", f"{done.held} held", f"{done.doubted} in doubt")
            counts = ", ".join(part for part in parts if not part.startswith("0"))
            self._tell(f"{self._tracker.name}: replies {counts}; see the outbox.")
        self._pushing.push()
        if self._assigning is not None:
            self._assigning.assign()
        return done

    def _fault(self, title: str, sentence: str, wait: float) -> None:
        """Tell a fault once, however often it comes again; it is tried again in `wait` seconds."""
        self._mirror.save_link(LinkState.OFFLINE, sentence, wait=wait)
        if sentence != self._last_reported:
            self._last_reported = sentence
            self._tell(f"{self._tracker.name}: {title}. {sentence}")

    def _report_recovery(self) -> None:
        self._mirror.save_link(LinkState.ONLINE, wait=self._tracker.poll)
        if self._last_reported:
            self._last_reported = ""
            self._tell(f"{self._tracker.name}: online again.")
