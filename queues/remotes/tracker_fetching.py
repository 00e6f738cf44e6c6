"""What happened in a ticketing system on its way into the desk: a page is kept whole with the new cursor, or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event

from data.records.incoming import CustomerHint, Incoming
from data.records.messages import Direction
from data.records.tickets import UNKNOWN_LANGUAGE
from queues.connectors.base import Batch, Happened
from queues.helper.client import RawMessage
from queues.remotes import team_handovers
from queues.remotes.account_filing import Reader
from queues.remotes.links import LinkState
from queues.remotes.tracker_following import follow
from queues.remotes.tracker_mirror import Mirror
from queues.remotes.tracker_sent import WRITTEN_BY, SentByUs

Recognise = Callable[[Sequence[Incoming]], Sequence[Incoming]]


class Fetching:
    """Reads the system's feed into the desk."""

    def __init__(
        self, mirror: Mirror, sent_by_us: SentByUs, reader: Reader, recognise: Recognise, news: Callable[[], object]
    ) -> None:
        """`news` is called when messages were filed."""
        self._mirror, self._sent_by_us, self._store = mirror, sent_by_us, mirror.store
        self._reader, self._recognise, self._news = reader, recognise, news
        self.filed = 0
        """How many messages were filed."""

    def fetch(self, stop: Event | None = None) -> None:
        """Fetch page by page everything new, until `stop`."""
        mirror, newest = self._mirror, 0
        while True:
            batch = mirror.system.after(mirror.cursor(), mirror.filed)
            self._take(batch, batch.cursor)
            if (stop and stop.is_set()) or not batch.more:
                break
            newest = newest or mirror.system.newest()
            mirror.save_link(LinkState.FETCHING, done=batch.done, total=max(newest, batch.done))
        if newest:
            mirror.save_link(LinkState.ONLINE)

    def look(self, ref: str) -> None:
        """Read what happened to one ticket up to now."""
        if self._look(ref) is None:
            self.fetch()

    def look_late(self, ref: str) -> bool:
        """Read what the feed would report of one ticket only later; return False if the ticket is not ours to see."""
        batch = self._look(ref)
        return batch is None or ref in batch.tickets

    def _look(self, ref: str) -> Batch | None:
        """Read what happened to one ticket up to now; None where the feed is never late."""
        batch = self._mirror.system.look(ref, self._mirror.filed)
        if batch is not None:
            self._take(batch, self._mirror.cursor())
        return batch

    def _take(self, batch: Batch, cursor: str) -> None:
        mirror = self._mirror
        unknown = [event for event in batch.messages if not mirror.filed(event.number)]
        strange = [event for event in unknown if self._sent_by_us.number(event) is None]
        items = self._read(strange, batch) if strange else []
        if not unknown and not batch.moved and cursor == mirror.cursor():
            return
        with self._store.write(bulk=True):
            for event in unknown:
                self._sent_by_us.recognise(event)
            for event in strange:
                self._store.messages.keep_raw(event.raw, mirror.source(event), mirror.clock())
            new = {
                received.ticket_id for received in mirror.desk.receive(items, bulk=True) if received.outcome != "joined"
            }
            for event in strange:
                team_handovers.take_in(mirror, event)
                if mirror.tracker.share:
                    self._note_shared(event)
            messages = [follow(mirror, remote, batch.moved.get(ref), new) for ref, remote in batch.tickets.items()]
            mirror.save_cursor(cursor)
        for sentence in filter(None, messages):
            mirror.tell(sentence)
        if items:
            self.filed += len(items)
            self._news()

    def _note_shared(self, event: Happened) -> None:
        """Note a message that was filed in a ticket that we share, so that it is not brought to the team as news."""
        own = self._store.messages.of_content(self._mirror.hash(event.number))
        if own is not None:
            self._mirror.identify(own, event.number)

    def _read(self, happened: Sequence[Happened], batch: Batch) -> list[Incoming]:
        """Read messages in the helper process, and add what the system knows of them."""
        raws = [RawMessage(event.raw, self._mirror.source(event)) for event in happened]
        read = self._reader.read(raws, connector=self._mirror.name)
        return list(self._recognise([self._placed(*pair, batch) for pair in zip(read, happened, strict=True)]))

    def _placed(self, item: Incoming, event: Happened, batch: Batch) -> Incoming:
        remote, now = batch.tickets[event.ref], self._mirror.clock()
        language = remote.language.lower()
        agent = self._mirror.here(event.about.get(WRITTEN_BY, "")) if event.direction is not Direction.IN else ""
        return replace(
            item,
            from_name=agent or item.from_name,
            external_ref=event.ref,
            content_hash=self._mirror.hash(event.number),
            direction=event.direction,
            received_at=min(event.at or now, now),
            lane=self._mirror.lane(remote),
            customer=CustomerHint(language=language if len(language) == 2 else UNKNOWN_LANGUAGE),
            references=(),
            needs_our_id=True,
        )
