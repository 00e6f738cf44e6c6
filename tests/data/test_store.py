"""The one file: made privately, refused clearly, paged by key, counted without counting."""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import StoreError
from data.locations import network_file_system
from data.migrations.schema import migrations
from data.migrations.version import NEWEST
from data.records.customers import Customer, Identity
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Lane, Priority, Status, Ticket
from data.store import Store
from tests.database import database, raw_desk

TICKET = Ticket(0, "mail", Status.NEW, Priority.NORMAL, "Subject", 1, 100, 100)


@pytest.fixture
def store(tmp_path: Path, file_kind: str) -> Store:
    opened = Store.open(tmp_path / "home" / "desk.db")
    with opened.write():
        opened.lanes.save([Lane("mail", "Mail", 0)])
        opened.customers.insert(Customer(0, "Ana"))
    return opened


def fill(store: Store, dues: list[int | None]) -> list[int]:
    with store.write():
        return [store.tickets.insert(replace(TICKET, first_due=due)) for due in dues]


def message(ticket_id: int, subject: str, text: str) -> Message:
    return Message(0, ticket_id, Direction.IN, MessageKind.MAIL, "Ana", "a@x.example", subject, text, text, 1, 1)


def test_the_file_and_its_folder_belong_to_the_owner_alone(store: Store) -> None:
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    wal = store.path.with_name("desk.db-wal")
    assert stat.S_IMODE(wal.stat().st_mode) == 0o600


def test_the_steps_and_the_newest_version_agree() -> None:
    assert len(migrations._migrations) == NEWEST


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"just a text file, quite long\n" * 40, "not a SQLite file"),
        (b"SQLite format 3\0" + b"x" * 4096, "not a SQLite|damaged"),
    ],
)
def test_a_file_that_is_no_desk_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=said):
        Store.open(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a desk"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_newer_file_is_refused(store: Store) -> None:
    store.close()
    raw = raw_desk(store.path)
    raw.execute(f"PRAGMA user_version = {NEWEST + 1}")
    raw.close()
    with pytest.raises(StoreError, match="newer tridesk"):
        Store.open(store.path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no desk file"):
        Store.open(tmp_path / "no.db", create=False)
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(tmp_path)


def test_a_network_file_system_is_known_by_its_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/x / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    assert network_file_system(tmp_path / "desk.db", mounts) == "nfs4"
    assert network_file_system(Path("/elsewhere/desk.db"), mounts) == ""


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.write():
            store.tickets.insert(TICKET)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert store.tickets.get(1) is None
    assert store.tickets.counts() == {}


def test_a_change_needs_the_version_that_was_read(store: Store) -> None:
    (number,) = fill(store, [5])
    ticket = store.tickets.get(number)
    assert ticket is not None
    with store.write():
        assert store.tickets.update(ticket, {"status": Status.OPEN})
        assert not store.tickets.update(ticket, {"status": Status.SOLVED})


def test_another_connections_commit_is_seen(store: Store) -> None:
    before = store.data_version()
    second = Store.open(store.path)
    with second.write():
        second.tickets.insert(TICKET)
    assert store.data_version() != before


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(dues=st.lists(st.none() | st.integers(0, 50), min_size=1, max_size=40), size=st.integers(1, 7))
def test_pages_by_key_are_the_whole_lane_in_order(store: Store, dues: list[int | None], size: int) -> None:
    with store.write():
        store.lanes.save([Lane("page", "Page", 1)])
        lane = f"lane{os.urandom(6).hex()}"
        numbers = [store.tickets.insert(replace(TICKET, lane=lane, first_due=due)) for due in dues]
    pairs = zip(dues, numbers, strict=True)
    wanted = [number for _, number in sorted(pairs, key=lambda pair: (pair[0] is None, pair[0] or 0, pair[1]))]
    forward = store.tickets.page(lane, limit=size)
    while more := store.tickets.page(lane, forward[-1].key, limit=size):
        forward += more
    assert [row.id for row in forward] == wanted
    backward = store.tickets.page(lane, forward[-1].key, backwards=True, inclusive=True, limit=size)
    while more := store.tickets.page(lane, backward[0].key, backwards=True, limit=size):
        backward = more + backward
    assert backward == forward
    assert store.tickets.counts()[lane].active == len(dues)


def test_search_ignores_accents_and_case_and_shows_the_newest_first(store: Store) -> None:
    first, second = fill(store, [1, 2])
    with store.write():
        store.messages.insert(message(first, "Contraseña", "No recuerdo mi contraseña"))
        store.messages.insert(message(second, "Hola", "la CONTRASEÑA otra vez"))
    assert [hit.ticket_id for hit in store.search("contrasena")] == [second, first]
    assert [hit.ticket_id for hit in store.search("contra")] == [second, first]
    assert [hit.ticket_id for hit in store.search("recuerdo contraseña")] == [first]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("この商品を返品したいです。", "返品"),
        ("我想退款，请帮忙。", "退款"),
        ("제품을환불해주세요", "환불"),
        ("ฉันต้องการขอคืนเงิน", "คืนเงิน"),
        ("我想退款，请帮忙。", "退款 帮忙"),
    ],
)
def test_a_word_inside_a_sentence_without_spaces_is_found(store: Store, text: str, query: str) -> None:
    first, second = fill(store, [1, 2])
    with store.write():
        store.messages.insert(message(first, "x", text))
        store.messages.insert(message(second, "x", "你好 ฉัน こ 제품"))
    assert [hit.ticket_id for hit in store.search(query)] == [first]
    assert store.search(query, lane="another") == []


@pytest.mark.parametrize("query", ["Begoña", "begona", "IBARRA", "ibarra begoña", "b.ibarra@clientes.example"])
def test_people_are_found_by_name_and_address(store: Store, query: str) -> None:
    with store.write():
        identity = Identity("email", "b.ibarra@clientes.example", 1)
        who = store.customers.insert(Customer(0, "Begoña Ibarra", (identity,)))
        other = store.customers.insert(Customer(0, "Bernardo Ibañez", ()))
        theirs, _ = (store.tickets.insert(replace(TICKET, customer_id=number)) for number in (who, other))
        for number in (theirs, theirs + 1):
            store.messages.insert(message(number, "x", "hola"))
    assert [hit.ticket_id for hit in store.search(query)] == [theirs]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text())
def test_any_text_can_be_searched_for(store: Store, query: str) -> None:
    assert store.search(query, lane="mail") == []


@pytest.mark.parametrize(
    "query", ['"', "*", "AND", "NEAR(", "a NOT", "-x", "col:x", "\x00", "\ud800", "^a", "(((", "'; --"]
)
def test_search_syntax_is_only_text(store: Store, query: str) -> None:
    assert store.search(query) == []


def test_raw_bytes_come_back_as_they_were(store: Store) -> None:
    raw = bytes(range(256))
    with store.write():
        digest = store.messages.keep_raw(raw, "test", 1)
        assert store.messages.keep_raw(raw, "again", 2) == digest
    assert store.messages.raw(digest) == raw
    assert [row[0] for row in store.messages.unread_raws()] == [digest]


def test_events_cannot_be_changed(store: Store) -> None:
    (number,) = fill(store, [1])
    with store.write():
        store.events.add(1, number, 1, "eva", "note", {})
    with pytest.raises(StoreError, match="never changed"), store.write():
        database(store).execute("UPDATE event SET actor = 'x'")


def test_a_locked_file_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.store.BUSY_MILLISECONDS", 10)
    second = Store.open(store.path)
    with store.write(), pytest.raises(StoreError, match="Another program"), second.write():
        pass


def test_a_read_only_file_can_be_read_but_says_that_it_cannot_be_written(store: Store) -> None:
    fill(store, [1])
    database(store).execute("PRAGMA query_only = ON")
    assert store.tickets.get(1) is not None
    with pytest.raises(StoreError), store.write():
        store.tickets.insert(TICKET)
