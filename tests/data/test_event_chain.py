"""The chain of events: kept by trigger, and any change, gap or cut is found and placed."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from data.desk_file.make_backup import anchors_of, make_backup
from data.errors import StoreError
from data.migrations.schema import CHAIN, KEPT
from data.migrations.version import NEWEST
from data.recovery.restore import restore
from data.recovery.salvage import salvage
from data.store import Store
from data.tables.event_chain import Verdict, redact, sealed, verify
from tests.data.desks import fill, wreck
from tests.database import database, raw_desk

NOW = 1_795_957_298
COLUMNS = ("id", "action", "ticket_id", "at", "actor", "kind", "detail", "salt", "content", "link")


@pytest.fixture
def desk(tmp_path: Path, file_kind: str) -> Path:
    path = tmp_path / "desk.db"
    fill(path, 100)
    return path


def verified(desk: Path) -> Verdict:
    with closing(Store.open(desk)) as store:
        return store.events.verify(anchors_of(desk, store.events))


@contextmanager
def behind_its_back(desk: Path) -> Iterator[sqlite3.Connection]:
    """Open the file as an intruder would: without triggers."""
    with closing(raw_desk(desk)) as raw:
        for name in ("event_is_kept", "event_stays"):
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for statement in KEPT:
            raw.execute(statement)
        raw.commit()


def flipped(value: Any, where: random.Random) -> Any:
    """Change one byte of a value."""
    if isinstance(value, int):
        return value ^ (1 << where.randrange(20))
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    if not raw:
        return b"x" if isinstance(value, bytes) else "x"
    raw[where.randrange(len(raw))] ^= 1
    return raw.decode() if isinstance(value, str) else bytes(raw)


def test_a_new_desk_and_a_filled_one_are_intact(tmp_path: Path, desk: Path) -> None:
    Store.open(tmp_path / "new.db").close()
    assert (verified(tmp_path / "new.db").events, verified(tmp_path / "new.db").breaks) == (0, ())
    assert (verified(desk).events, verified(desk).breaks) == (100, ())


def test_events_are_neither_changed_nor_deleted(desk: Path) -> None:
    with closing(Store.open(desk)) as store:
        for sql, said in (
            ("UPDATE event SET actor = 'x'", "never changed"),
            ("UPDATE event SET salt = x'', kind = 'x'", "never changed"),
            ("UPDATE event SET salt = x'', link = x'00'", "never changed"),
            ("DELETE FROM event WHERE id = 5", "never deleted"),
        ):
            with pytest.raises(StoreError, match=said), store.write():
                database(store).execute(sql)
    assert verified(desk).breaks == ()


def test_each_of_a_thousand_changes_and_deletions_is_found(desk: Path) -> None:
    where = random.Random(1)
    with closing(raw_desk(desk)) as raw:
        raw.execute("DROP TRIGGER event_is_kept")
        raw.execute("DROP TRIGGER event_stays")
        for turn in range(1_000):
            number, way = where.randint(1, 100), turn % 12
            raw.execute("BEGIN")
            if way == 10:
                raw.execute("DELETE FROM event WHERE id = ?", (number,))
            elif way == 11:
                other = number % 100 + 1
                for old, new in ((number, -1), (other, number), (-1, other)):
                    raw.execute("UPDATE event SET id = ? WHERE id = ?", (new, old))
            else:
                column = COLUMNS[way]
                (value,) = raw.execute(f"SELECT {column} FROM event WHERE id = ?", (number,)).fetchone()
                changed = flipped(value, where)
                raw.execute(f"UPDATE OR REPLACE event SET {column} = ? WHERE id = ?", (changed, number))
            breaks = verify(raw).breaks
            assert breaks, (turn, way, number)
            assert min(item.after for item in breaks) <= number
            raw.execute("ROLLBACK")
        assert verify(raw).breaks == ()


def test_a_byte_that_changes_in_the_file_is_found_or_changes_no_event(tmp_path: Path) -> None:
    assert bytes_found(tmp_path / "desk.db", 200) == 200


@pytest.mark.faults
def test_each_of_a_thousand_bytes_is_found(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    assert bytes_found(tmp_path / "desk.db", 1_000) == 1_000
    record_property("figure", "1,000 changed bytes of the file: each found by verify, or in no event")


def bytes_found(desk: Path, turns: int) -> int:
    """Change single bytes; return how many were found, or are in the space between rows or in an index."""
    fill(desk, 100)
    with closing(sqlite3.connect(desk)) as raw:
        rows = raw.execute("SELECT * FROM event").fetchall()
        pages = [row[0] for row in raw.execute("SELECT pageno FROM dbstat WHERE name = 'event'")]
    content, where, found = desk.read_bytes(), random.Random(2), 0
    for _ in range(turns):
        place = (where.choice(pages) - 1) * 4096 + where.randrange(4096)
        damaged = bytearray(content)
        damaged[place] ^= 1 << where.randrange(8)
        desk.write_bytes(damaged)
        with closing(sqlite3.connect(desk)) as raw:
            try:
                held = bool(verify(raw).breaks) or raw.execute("SELECT * FROM event").fetchall() == rows
            except sqlite3.Error:
                held = True
            found += held
    return found


def test_it_says_where(desk: Path) -> None:
    with behind_its_back(desk) as raw:
        raw.execute("UPDATE event SET detail = '{}' WHERE id = 30")
        raw.execute("DELETE FROM event WHERE id BETWEEN 60 AND 62")
        raw.execute("DELETE FROM event WHERE id > 98")
    assert [(item.event, item.after, item.reason) for item in verified(desk).breaks] == [
        (30, 29, "was changed"),
        (63, 59, "does not follow: events before it are gone"),
        (99, 98, "is gone, or the end of the record was changed"),
    ]


def test_a_chain_that_was_made_anew_does_not_match_the_backups(desk: Path) -> None:
    make_backup(desk, NOW)
    fill(desk, 5, start=101)
    assert verified(desk).breaks == ()
    with behind_its_back(desk) as raw:
        raw.execute("UPDATE event SET actor = 'someone else' WHERE id = 30")
        from data.tables.event_chain import chain_all

        chain_all(raw)
    (found,) = verified(desk).breaks
    assert (found.event, found.reason) == (100, "is not the event that a backup has under this number")


def test_redacting_is_the_one_change_and_has_to_be_recorded(desk: Path) -> None:
    with closing(Store.open(desk)) as store, store.write():
        seal = redact(database(store).conn, 30, "intake", "{}")
    assert [(item.event, item.reason) for item in verified(desk).breaks] == [(30, "was redacted without a record")]
    with closing(Store.open(desk)) as store, store.write():
        store.events.add(2, 30, NOW, "eva", "erased", sealed({30: seal}))
    assert (verified(desk).breaks, verified(desk).redacted) == ((), 1)
    with closing(Store.open(desk)) as store, store.write():
        redact(database(store).conn, 30, "intake", '{"other": 1}')
    assert len(verified(desk).breaks) == 1


def test_existing_events_are_chained_by_the_upgrade(desk: Path) -> None:
    with closing(raw_desk(desk)) as raw:
        raw.execute("DROP TRIGGER event_is_kept")
        raw.execute("DROP TRIGGER event_stays")
        for column in ("salt", "content", "link"):
            raw.execute(f"ALTER TABLE event DROP COLUMN {column}")
        raw.execute("DROP TABLE event_head")
        raw.execute("CREATE TRIGGER event_is_kept BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'never'); END")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'events_are_chained'")
        raw.execute(f"PRAGMA user_version = {NEWEST - 1}")
        raw.commit()
    assert CHAIN
    assert (verified(desk).events, verified(desk).breaks) == (100, ())
    fill(desk, 3, start=101)
    assert (verified(desk).events, verified(desk).breaks) == (103, ())


def test_a_restored_and_a_salvaged_desk_are_intact(desk: Path) -> None:
    first = make_backup(desk, NOW)
    fill(desk, 5, start=101)
    make_backup(desk, NOW + 60)
    restore(desk, first.path, NOW + 120, "eva")
    fill(desk, 20, start=200)
    assert verified(desk).breaks == ()
    salvage(desk, desk, NOW + 180, "eva")
    assert verified(desk).breaks == ()


def test_what_a_damaged_file_lost_is_known_afterwards(tmp_path: Path) -> None:
    desk = tmp_path / "desk.db"
    fill(desk, 2_000)
    with closing(raw_desk(desk)) as raw:
        pages = raw.execute("SELECT pageno FROM dbstat WHERE name = 'event' AND pagetype = 'leaf'").fetchall()
    wreck(desk, pages[len(pages) // 2][0] - 1)
    salvage(desk, desk, NOW, "eva")
    verdict = verified(desk)
    assert verdict.breaks == ()
    assert len(verdict.known) == 1
    assert 1_900 < verdict.events < 2_000


def test_details_are_as_they_were(desk: Path) -> None:
    with closing(Store.open(desk)) as store:
        details = [event.detail for event in store.events.each()]
    assert details == [{"number": number} for number in range(1, 101)]
    assert json.dumps(details)
