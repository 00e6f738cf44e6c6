"""Reads out of a damaged desk file what can be read, into a new desk; the damaged file is only read."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from data.desk_file.backup_files import backups_of
from data.desk_file.connection import connect
from data.desk_file.encryption import salt_of
from data.errors import StoreError
from data.recovery.restore import SALVAGED, Restored, new_file, remove_with_log, replace_desk
from data.search.search_index import rebuild
from data.store import migrate
from data.tables.tickets import NO_DUE

FAULTS = (sqlite3.Error, StoreError)
"""What a connection raises about a damaged page."""
_COUNTED = ("lane_count", "ticket_tag", "ticket_field", "event_head")
"""Tables that are made from others."""
_MOST_QUERIES = 200_000
"""How often a table is asked for the rows around damaged pages."""
_FILLER = 1 << 26
"""Bytes in a row that fills a file."""
_STEPS = (*range(1, 100), *(int(100 * 1.05**power) for power in range(200)))
"""How far from the last row that could be read others are looked for, where the far end of a table cannot be read."""
_RECOVERED = f"""INSERT INTO ticket (id, lane, status, priority, subject, customer_id, created_at, updated_at, version,
        language, confidence, language_source, assignee, connector, external_ref, reason, topic, procedure, touches,
        reopens, tags, sort_due)
    SELECT DISTINCT ticket_id, coalesce((SELECT name FROM lane ORDER BY position LIMIT 1), 'mail'), 'open', 'normal',
        '(salvaged)', 0, received_at, received_at, 1, 'und', 0, '', '', '', '', '', '', '', 0, 0, '[]', {NO_DUE}
    FROM message WHERE ticket_id NOT IN (SELECT id FROM ticket) GROUP BY ticket_id"""
"""Messages whose ticket cannot be read get a plain open one."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read of a damaged file."""

    restored: Restored
    rows: dict[str, int]
    """How many rows of each table could be read."""
    damaged: tuple[str, ...]
    """The tables of which some rows could not be read."""


def salvage(desk: Path, damaged: Path, now: int, actor: str) -> Salvaged:
    """Put what can be read of `damaged` in the desk's place; they may be the same file, which is kept aside.

    Raises StoreError if nothing can be read, or if a program has the desk open.
    """
    if not damaged.is_file() or not damaged.stat().st_size:
        raise StoreError("Nothing to salvage", f"{damaged} is missing or empty; there is nothing to read in it.")
    new = new_file(desk)
    source = new.with_name(f"{new.name}-from")
    try:
        _copy_files(damaged, source)
        readable = _readable(source, desk, damaged)
        with closing(readable), closing(connect(new, timeout=1, name=desk, salt=salt_of(source))) as connection:
            migrate(connection)
            rows, lost = _copied(readable, connection)
            _repair(connection)
        restored = replace_desk(desk, new, now, actor, SALVAGED, damaged.name)
    except OSError as error:
        raise StoreError("Salvage failed", f"{desk} cannot be written ({error.strerror}); check its folder.") from error
    finally:
        remove_with_log(new)
        remove_with_log(source)
    return Salvaged(restored, rows, tuple(lost))


def _copy_files(damaged: Path, source: Path) -> None:
    """Copy the file and its log: opening a database may change both."""
    remove_with_log(source)
    source.touch(mode=0o600)
    shutil.copyfile(damaged, source)
    log = damaged.with_name(f"{damaged.name}-wal")
    if log.exists():
        shutil.copyfile(log, source.with_name(f"{source.name}-wal"))


class _Source:
    """The copy that is read. One of an encrypted file is opened again after each damaged page: SQLCipher needs that."""

    def __init__(self, path: Path) -> None:
        self._path, self._is_encrypted = path, bool(salt_of(path))
        self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self._path, timeout=1)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return connection

    def execute(self, sql: str, values: tuple[int, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows that can be read, then raise `sqlite3.Error` or StoreError if there was damage."""
        try:
            yield from self._connection.execute(sql, values)
        except FAULTS:
            if self._is_encrypted:
                self._connection.close()
                self._connection = self._connect()
            raise

    def close(self) -> None:
        """Close the copy."""
        self._connection.close()


def _readable(source: Path, desk: Path, damaged: Path) -> _Source:
    """Open the copy. If its first page is wrecked, take that of the newest backup: a desk's tables stay where they are.

    Raises StoreError if not even the list of tables can be read.
    """
    candidates = [None, *(backup.path for backup in backups_of(desk))]
    for backup in candidates:
        try:
            if backup is not None:
                _take_first_page(backup, source)
            opened = _Source(source)
        except FAULTS:
            continue
        if _quietly(opened, "SELECT count(*) FROM sqlite_master WHERE name = 'message'") not in ([], [(0,)]):
            return opened
        opened.close()
    raise StoreError("Nothing to salvage", f"Not even the list of tables in {damaged} can be read.")


def _take_first_page(backup: Path, source: Path) -> None:
    """Overwrite the first page by that of a backup.

    The page holds the number of pages, and it may be encrypted. So a copy of the backup is filled to that number, and
    the damaged file to what the copy then has.
    """
    grown = source.with_name(f"{source.name}-first")
    try:
        shutil.copyfile(backup, grown)
        with closing(connect(grown, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            page_size = int(connection.execute("PRAGMA page_size").fetchone()[0])
            missing = source.stat().st_size - grown.stat().st_size
            for start in range(0, missing, _FILLER):
                row = (f"salvage {start}", "-" * min(_FILLER, missing - start))
                connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", row)
        with grown.open("rb") as good, source.open("r+b") as bad:
            bad.write(good.read(page_size))
            bad.truncate(max(source.stat().st_size, grown.stat().st_size))
    finally:
        remove_with_log(grown)


def _copied(source: _Source, target: sqlite3.Connection) -> tuple[dict[str, int], list[str]]:
    """Copy what can be read of every table; return the rows of each and the tables that are damaged."""
    rows: dict[str, int] = {}
    damaged: list[str] = []
    tables = target.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE '\\_sqlite%' ESCAPE '\\'"
    ).fetchall()
    target.execute("PRAGMA foreign_keys = OFF")
    target.execute("BEGIN")
    for (table,) in tables:
        if table in _COUNTED:
            continue
        known = {row[1] for row in _quietly(source, f"PRAGMA table_info({table})")}
        columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})") if row[1] in known]
        if not columns:
            damaged.append(table)
            continue
        reader = _Reader(source, table, columns)
        insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        if table == "setting":
            insert = insert.replace("OR IGNORE", "OR REPLACE")  # a new desk has made up some of its own
        for row in reader.rows():
            with suppress(*FAULTS):  # a value that the column does not take
                rows[table] = rows.get(table, 0) + target.execute(insert, row).rowcount
        if reader.is_damaged:
            damaged.append(table)
    target.execute("COMMIT")
    return rows, damaged


def _quietly(source: _Source, sql: str) -> list[Any]:
    try:
        return list(source.execute(sql))
    except FAULTS:
        return []


class _Reader:
    """Reads a table around its damaged pages."""

    def __init__(self, source: _Source, table: str, columns: list[str]) -> None:
        self._source, self._table, self._columns = source, table, columns
        self._queries = self._failures = 0
        self.is_damaged = False

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows; around damage some may come twice."""
        try:
            list(self._source.execute(f"SELECT rowid FROM {self._table} LIMIT 0"))
        except FAULTS:
            yield from self._of_key()
            return
        ends: list[int | None] = []
        for direction in ("ASC", "DESC"):
            at = None
            for row in self._read(f"ORDER BY rowid {direction}", ()):
                at = row[0]
                yield row[1:]
            ends.append(at)
            if not self.is_damaged:
                return
        first = 0 if ends[0] is None else ends[0]
        last = self._reach(first) if ends[1] is None else ends[1]
        yield from self._between(first + 1, last - 1)

    def _reach(self, first: int) -> int:
        """Return a number before which rows can be read, `first` itself where nothing after it can.

        Where the page with the root of a table is damaged, no row of it can be read: without this, each number would
        be tried.
        """
        reach = first
        for step, following in pairwise(_STEPS):
            if self._can_be_read(first + step):
                reach = first + following
        return reach

    def _can_be_read(self, number: int) -> bool:
        """Return whether the page where the row of a number would be can be read, with a row or without."""
        self._queries += 1
        try:
            list(self._source.execute(f"SELECT rowid FROM {self._table} NOT INDEXED WHERE rowid = ?", (number,)))
        except FAULTS:
            return False
        return True

    def _between(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        """Halve a span of numbers until each part can be read or is a single row."""
        spans = [(first, last)]
        while spans and self._queries < _MOST_QUERIES:
            low, high = spans.pop()
            begin, at, failures = low, low - 1, self._failures
            span = (low, high, high - low + 1)
            for row in self._read("WHERE rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?", span):
                at = row[0]
                yield row[1:]
            low = at + 1
            if self._failures == failures:
                continue
            if low < high:
                middle = (low + high) // 2
                spans += [(low, middle), (middle + 1, high)]
            elif begin < low == high:  # alone, by the limit without a step to the next row: if that fails, both fail
                spans.append((low, high))

    def _read(self, how: str, values: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
        self._queries += 1
        sql = f"SELECT rowid, {', '.join(self._columns)} FROM {self._table} NOT INDEXED {how}"
        try:
            yield from self._source.execute(sql, values)
        except FAULTS:
            self._failures += 1
            self.is_damaged = True

    def _of_key(self) -> Iterator[tuple[Any, ...]]:
        """Read a table without numbers from both ends of its key."""
        keys = [(row[5], row[1]) for row in _quietly(self._source, f"PRAGMA table_info({self._table})") if row[5]]
        key = [name for _, name in sorted(keys)]
        for direction in ("ASC", "DESC"):
            order = ", ".join(f"{name} {direction}" for name in key)
            sql, read = f"SELECT {', '.join(self._columns)} FROM {self._table} ORDER BY {order}", 0
            try:
                for row in self._source.execute(sql):
                    read += 1
                    yield row
            except FAULTS:
                self.is_damaged = True
                yield from _quietly(self._source, f"{sql} LIMIT 1 OFFSET {read}")  # the last one before the damage
            if not self.is_damaged:
                return


def _repair(connection: sqlite3.Connection) -> None:
    """Give what was read the rows that it refers to, and make again what is made from it."""
    connection.execute("BEGIN")
    connection.execute("INSERT OR IGNORE INTO customer (id, name, created_at) VALUES (0, '(salvaged)', 0)")
    connection.execute("UPDATE ticket SET customer_id = 0 WHERE customer_id NOT IN (SELECT id FROM customer)")
    connection.execute(_RECOVERED)
    connection.execute("DELETE FROM customer WHERE id = 0 AND id NOT IN (SELECT customer_id FROM ticket)")
    while orphans := connection.execute("PRAGMA foreign_key_check").fetchall():
        for table, row, *_ in orphans:
            if row is None:
                columns = [row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})")]
                parents = [row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")]
                for column, parent in zip(columns, parents, strict=True):
                    target = "hash" if parent == "wording" else "id"
                    connection.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT {target} FROM {parent})")
            else:
                connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
    connection.execute("DELETE FROM lane_count")
    connection.execute("INSERT INTO lane_count SELECT lane, status, count(*) FROM ticket GROUP BY lane, status")
    connection.execute("DELETE FROM ticket_tag")
    connection.execute(
        "INSERT OR IGNORE INTO ticket_tag SELECT t.lane, j.value, -t.id FROM ticket t, json_each(t.tags) j "
        "WHERE json_valid(t.tags)"
    )
    connection.execute("DELETE FROM ticket_field")
    values = connection.execute(
        "SELECT t.id, j.key, j.value FROM ticket t, json_each(t.fields) j WHERE json_valid(t.fields)"
    ).fetchall()
    connection.executemany(
        "INSERT OR IGNORE INTO ticket_field VALUES (?, ?, ?)",
        [(number, name, str(value).casefold()) for number, name, value in values],
    )
    connection.execute(
        "UPDATE event_head SET (id, link) = (SELECT id, link FROM event ORDER BY id DESC LIMIT 1) "
        "WHERE EXISTS (SELECT 1 FROM event)"
    )
    rebuild(connection)
    connection.execute("COMMIT")
