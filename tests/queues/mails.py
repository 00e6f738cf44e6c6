"""Mails that come to a desk without a server, and what is in its file afterwards."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxEntry
from data.records.tickets import Ticket
from queues.desk.desk import Desk
from tests.database import database

START = 1_800_000_000
ANA, BOB, EVE = "ana@x.example", "bob@x.example", "eve@x.example"


class Clock:
    now = START

    def __call__(self) -> int:
        return self.now


_numbers = itertools.count(1)


def mail(sender: str = ANA, subject: str = "My order", at: int = START, **more: Any) -> Incoming:
    number = next(_numbers)
    item = Incoming(
        connector="post", source="test", raw_sha256=f"{number:064}", kind=MessageKind.MAIL, from_name=sender[:3],
        from_address=sender, subject=subject, text=f"text {number}", new_text=f"text {number}", at=at,
        message_id=f"<{number}@x.example>", received_at=at, language="en", confidence=0.99, to=("support@us.example",),
    )  # fmt: skip
    return replace(item, **more)


def come(desk: Desk, item: Incoming | None = None) -> int:
    return desk.receive([item or mail()])[0].ticket_id


def answer(desk: Desk, to: str, sender: str = ANA, **more: Any) -> int:
    """Let an answer to a Message-ID come and return its ticket."""
    return come(desk, mail(sender, "Re: something", references=(to,), **more))


def get(desk: Desk, number: int) -> Ticket:
    ticket = desk.store.tickets.get(number)
    assert ticket is not None
    return ticket


def texts(desk: Desk, number: int) -> list[str]:
    return [message.text for message in desk.store.messages.of(number) if message.direction is not Direction.NOTE]


def notes(desk: Desk, number: int) -> list[str]:
    return [message.text for message in desk.store.messages.of(number) if message.direction is Direction.NOTE]


def picture(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows that a merge may touch, without versions and numbers of drafts."""
    tables = "ticket message outbox draft reference participant promise escalation problem_link step remote_mail"
    read = {
        name: database(desk.store).execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables.split()
    }
    fields = [tuple(getattr(t, f) for f in t.__slots__ if f != "version") for t in desk.store.tickets.each()]
    notices = ("erged", "went to", "came from")
    stands = [row for row in read["message"] if not any(notice in str(row) for notice in notices)]
    return read | {"ticket": fields, "message": stands}


class Post:
    """A connector that keeps what it is given to send."""

    def __init__(self) -> None:
        self.sent: list[OutboxEntry] = []

    def send(self, entry: OutboxEntry) -> None:
        self.sent.append(entry)

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None
