"""A mailbox's mail on its way into the desk: bytes and high-water mark kept together first, then read and filed.

A stop at any point loses and doubles nothing: what is kept, not filed, is taken up; what is not kept is fetched again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from data.errors import DeskError
from data.protocols import Clock
from data.records.incoming import Incoming, Received
from data.records.messages import Direction
from data.records.outbox import RemoteMail
from queues.accounts.mail_account import Account
from queues.accounts.work_start import DEFAULT_DAYS, WorkStart, work_start
from queues.connectors.imap_answers import Fetched
from queues.desk.desk import Desk
from queues.desk.recognisers.proof_of_arrival import NOTED
from queues.helper.client import RawMessage
from queues.mail.read_mail import unread_mail
from queues.remotes.mail_flags import ANSWERED, is_shared_work, is_state

log = logging.getLogger(__name__)

_Filed = tuple[RemoteMail, Received]
Seen = Callable[[RemoteMail, int], object]
DAY = 86_400
AT_ONCE = 50
"""Mails filed in one transaction: the screen's own changes wait at most that long."""


class Reader(Protocol):
    """Reads raw mail in a process of its own; `queues.helper.client.Helper` does."""

    def read(self, messages: Sequence[RawMessage], *, connector: str, servers: Sequence[str] = ()) -> list[Incoming]:
        """Return one answer each, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Answers:
    """Mails of the folder of sent mail, by the UID of the mail in the mailbox that each answers."""

    folder: str
    uidvalidity: int
    to: Mapping[int, Sequence[Fetched]]


class Filing:
    """Keeps and files the mail of one account."""

    def __init__(
        self,
        desk: Desk,
        account: Account,
        reader: Reader,
        recognise: Callable[[Sequence[Incoming]], Sequence[Incoming]],
        clock: Clock,
    ) -> None:
        self._desk, self._account, self._reader, self._recognise, self._clock = desk, account, reader, recognise, clock
        self._store = desk.store

    def mark(self, mailbox: str) -> dict[str, int]:
        """Return how far a mailbox was read: `uidvalidity`, `uid`, `modseq`; empty before the first time."""
        result = self._store.settings.get(self._key(mailbox))
        return {str(name): int(value) for name, value in result.items()} if isinstance(result, dict) else {}

    def save_mark(self, mailbox: str, mark: dict[str, int]) -> None:
        """Remember how far a mailbox was read; call it inside the transaction that what was read is kept in."""
        self._store.settings.save(self._key(mailbox), mark)

    def _key(self, mailbox: str) -> str:
        return f"mark.{self._account.connector}/{mailbox}"

    def keep(self, mailbox: str, uidvalidity: int, group: Sequence[Fetched], answers: Answers | None = None) -> None:
        """Keep a group's bytes, places and the new high-water mark, all or none.

        The sent mails that answer one of the group are kept right after it: that is the order of filing.
        """
        with self._store.write(bulk=True):
            for mail in group:
                self._keep(mailbox, uidvalidity, mail)
                if answers is not None:
                    for sent in answers.to.get(mail.uid, ()):
                        self._keep(answers.folder, answers.uidvalidity, sent)
            mark = self.mark(mailbox)
            self.save_mark(mailbox, mark | {"uidvalidity": uidvalidity, "uid": max(mail.uid for mail in group)})

    def _keep(self, mailbox: str, uidvalidity: int, mail: Fetched) -> None:
        now, connector = self._clock(), self._account.connector
        digest = self._store.messages.keep_raw(mail.raw, f"{connector}/{mailbox};uid={mail.uid}", now)
        flags, arrived = mail.flags - {"\\Recent"}, min(mail.arrived_at or now, now)
        self._store.remote.keep(
            RemoteMail(connector, mailbox, uidvalidity, mail.uid, digest, arrived, flags, mail.modseq)
        )

    def file(self, *, outgoing: str = "", seen: Seen = lambda place, ticket_id: None) -> list[_Filed]:
        """File what is kept and not filed, some at once; mail of the folder `outgoing` is our own.

        `seen` is called with each mail whose flags say anything of its ticket, and that ticket, before the next mail
        is filed and in the same transaction. Returns what was filed; nothing left is an empty list.
        """
        kept = self._store.remote.unfiled(self._account.connector, AT_ONCE)
        if not kept:
            return []
        items = self._read(kept, outgoing)
        places = [place for place, _ in kept]
        try:
            return self._file(places, items, seen)
        except DeskError:
            raise
        except Exception as error:  # the border: one mail that the desk cannot take must not stop the others
            log.error("a batch of mail could not be filed: %s", type(error).__name__)
            return [item for kept_one in kept for item in self._file_alone(*kept_one, outgoing, seen)]

    def _read(self, kept: Sequence[tuple[RemoteMail, bytes]], outgoing: str) -> list[Incoming]:
        raws = [RawMessage(raw, f"{place.connector}/{place.mailbox};uid={place.uid}") for place, raw in kept]
        account = self._account
        read = self._reader.read(raws, connector=account.connector, servers=account.authserv_ids)
        named = self._recognise(
            [self._placed(item, place, outgoing) for item, (place, _) in zip(read, kept, strict=True)]
        )
        return list(named)

    def _placed(self, item: Incoming, place: RemoteMail, outgoing: str) -> Incoming:
        """Return the message with what the mailbox knows: arrival time, owner, lane."""
        sent_by_us = bool(outgoing) and place.mailbox == outgoing
        return replace(
            item,
            received_at=place.arrived_at,
            lane=self._account.lane,
            # a sender's line can be forged, a folder only by who may log in
            direction=Direction.OUT if sent_by_us else Direction.IN,
            needs_our_id=not sent_by_us,
            history=self.is_history(place),
        )

    def is_history(self, place: RemoteMail) -> bool:
        """Return whether a mail came before the desk began to work on the mailbox, or was answered long before.

        What an agent of any desk has or had is work, however old.
        """
        if is_shared_work(place.flags):
            return False
        first = self._first_look()
        start = work_start(self._account) or WorkStart(first - DEFAULT_DAYS * DAY)
        if ANSWERED in place.flags and place.arrived_at < first - DEFAULT_DAYS * DAY:
            return True
        if place.mailbox == self._account.mailbox and place.uidvalidity == start.uidvalidity:
            return place.uid <= start.uid
        return place.arrived_at < min(start.at, first)  # never what arrived since: a day may be set that is to come

    def _first_look(self) -> int:
        """Return when this desk first filed mail of the account."""
        key = f"first-look.{self._account.connector}"
        first = self._store.settings.get(key)
        if first is None:
            first = self._clock()
            with self._store.write(bulk=True):
                self._store.settings.save(key, first)
        return int(first)

    def _file(self, places: Sequence[RemoteMail], items: Sequence[Incoming], seen: Seen) -> list[_Filed]:
        done: list[_Filed] = []
        with self._store.write(bulk=True):
            for start, end in _runs(places):
                received = self._desk.receive(items[start:end], bulk=True)
                for place, item in zip(places[start:end], received, strict=True):
                    self._store.remote.link(place, item.ticket_id)
                    if item.outcome == NOTED:  # its flags say nothing of the ticket
                        self._store.remote.lost(place.connector, place.mailbox, place.uidvalidity, [place.uid])
                    done.append((place, item))
                if is_state(places[end - 1].flags):
                    seen(places[end - 1], received[-1].ticket_id)
        return done

    def _file_alone(self, place: RemoteMail, raw: bytes, outgoing: str, seen: Seen) -> list[_Filed]:
        try:
            return self._file([place], self._read([(place, raw)], outgoing), seen)
        except DeskError:
            raise
        except Exception as error:  # the same border: its headers alone make the ticket, its bytes are kept
            bare = unread_mail(
                raw, connector=place.connector, source=f"uid={place.uid}", problem=f"not taken ({type(error).__name__})"
            )
            return self._file([place], [self._placed(bare, place, outgoing)], seen)


def _runs(places: Sequence[RemoteMail]) -> list[tuple[int, int]]:
    """Cut into runs that end with a mail whose flags say anything: they hold before the next mail is filed."""
    ends = [number for number, place in enumerate(places, 1) if is_state(place.flags) or number == len(places)]
    return list(zip([0, *ends], ends, strict=False))
