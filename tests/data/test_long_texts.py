"""Texts without end: only their beginnings are read, the newest messages' first, and what is left out is said."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Lane
from data.store import Store
from data.tables.messages import LEAST_READ, LONG
from tests.data.desks import TICKET


def filled(path: Path, texts: list[str]) -> Store:
    store = Store.open(path)
    with store.write():
        store.lanes.save([Lane("mail", "Mail", 0)])
        store.customers.insert(Customer(0, "Ana"))
        store.tickets.insert(TICKET)
        for number, text in enumerate(texts):
            raw = store.messages.keep_raw(f"{number} {text}".encode(), "x", 1)
            mail = Message(
                0, 1, Direction.IN, MessageKind.MAIL, "Ana", "a@x.example", "Hi", text, text[:-1], number, number,
                raw_sha256=raw,
            )  # fmt: skip
            store.messages.insert(mail)
    return store


def test_short_texts_are_read_whole(tmp_path: Path, file_kind: str) -> None:
    store = filled(tmp_path / "desk.db", ["one", "two ñ", "x" * (LONG - 10)])
    assert store.messages.beginnings(1, 200, 100) == store.messages.of(1)
    assert store.messages.beginnings(1, 2, 100)[0].text == "two ñ"


def test_of_long_texts_the_newest_gets_most(tmp_path: Path, file_kind: str) -> None:
    store = filled(tmp_path / "desk.db", ["ñ" * LONG, "a" * LONG * 2, "b" * LONG * 2, "short"])
    oldest, older, newest, short = store.messages.beginnings(1, 200, LONG + 50_000)
    assert (short.text, short.unread) == ("short", 0)
    assert (len(newest.text), newest.unread) == (LONG + 50_000, LONG - 50_000)
    assert (len(older.text), older.unread) == (LEAST_READ, LONG * 2 - LEAST_READ)
    assert (oldest.text, oldest.unread) == ("ñ" * (LEAST_READ // 2), LONG * 2 - LEAST_READ)


def test_a_sender_of_thirty_large_mails_costs_no_more_than_one(tmp_path: Path) -> None:
    store = filled(tmp_path / "desk.db", ["x y z " * 200_000] * 30)
    tracemalloc.start()
    messages = store.messages.beginnings(1, 200, 100_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(messages) == 30
    assert peak < 5_000_000
