"""Redaction: texts of one ticket replaced for good, in every table that has them, the full text and the raw bytes.

Afterwards `sweep` leaves no copy in free pages, in old segments of the index or in the write-ahead log.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from data.search.search_words import indexed
from data.tables.event_chain import SEALED, redact

_OF_A_TICKET = {
    "ticket": "id = :ticket",
    "action": "id IN (SELECT action FROM event WHERE ticket_id = :ticket)",
    "answered_request": ":ticket IN (SELECT value FROM json_each(answer, '$.tickets'))",
}
"""How rows of a ticket are known where a column `ticket_id` does not say it, or only of one ticket."""


class Redaction:
    """Replaces texts of a ticket through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def texts(self, ticket_id: int) -> Iterator[str]:
        """Yield every text that is stored about a ticket; of JSON the texts in it."""
        for table, column, where in self._columns():
            rows = self._db.execute(f"SELECT {column} FROM {table} WHERE {where}", {"ticket": ticket_id})
            yield from (text for row in rows if row[0] for text in _strings(row[0]))

    def replace(self, ticket_id: int, mask: Callable[[str], str]) -> tuple[int, dict[int, str]]:
        """Replace every text of the ticket by what `mask` makes of it, inside a transaction.

        Returns in how many rows, and the seals of its redacted events: what happened stays, the text goes.
        """
        self._forget_words(ticket_id)
        changed = 0
        for table, column, where in self._columns():
            if table == '"event"':
                continue
            sql = f"SELECT rowid, {column} FROM {table} WHERE {where}"
            for number, text in self._db.execute(sql, {"ticket": ticket_id}).fetchall():
                after = _mapped(text, mask) if text else text
                if after != text:
                    self._db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (after, number))
                    changed += 1
        seals = self._redact_events(ticket_id, mask)
        self._index_again(ticket_id)
        return changed + len(seals), seals

    def _redact_events(self, ticket_id: int, mask: Callable[[str], str]) -> dict[int, str]:
        seals: dict[int, str] = {}
        sql = "SELECT id, actor, detail FROM event WHERE ticket_id = ?"
        for number, actor, detail in self._db.execute(sql, (ticket_id,)).fetchall():
            held = json.loads(detail)
            kept = {name: value if name == SEALED else _each(value, mask) for name, value in held.items()}
            if kept != held:
                after = json.dumps(kept, ensure_ascii=False)
                seals[number] = redact(self._db, number, actor, after)
        return seals

    def replace_raw(self, ticket_id: int, redacted: Callable[[bytes], bytes]) -> None:
        """Replace the raw bytes of the ticket's messages and of its mails in the outbox.

        A raw message keeps its name, the hash of the bytes as they came, so that it is not fetched a second time.
        """
        for table, key, column, where in (
            ("raw", "rowid", "bytes", "sha256 IN (SELECT raw_sha256 FROM message WHERE ticket_id = :ticket)"),
            ("outbox", "id", "raw", "ticket_id = :ticket"),
        ):
            sql = f"SELECT {key}, {column} FROM {table} WHERE {where}"
            for number, raw in self._db.execute(sql, {"ticket": ticket_id}).fetchall():
                after = redacted(bytes(raw))
                if after != bytes(raw):
                    self._db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (after, number))

    def pending(self) -> list[tuple[str, str]]:
        """Return the redactions that wait for the end of their undo window, as key and JSON."""
        return self._db.execute("SELECT key, value FROM setting WHERE key LIKE 'redaction:%'").fetchall()

    def drop(self, key: str) -> bool:
        """Remove a redaction that waited; return whether it still did."""
        return self._db.execute("DELETE FROM setting WHERE key = ?", (key,)).rowcount == 1

    def sweep(self) -> bool:
        """Leave nothing of what was replaced in the file; return whether the log could be emptied too.

        Outside a transaction. It cannot while another program reads; its next checkpoint does it then.
        """
        self._db.execute("INSERT INTO search_text (search_text) VALUES ('optimize')")
        self._db.execute("INSERT INTO people_text (people_text) VALUES ('optimize')")
        self._db.execute("VACUUM")
        return bool(self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)

    def _columns(self) -> Iterator[tuple[str, str, str]]:
        """Yield each text column of the tables that hold something of a ticket, and which rows are of a ticket."""
        names = self._db.execute(
            """SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
            AND sql NOT LIKE '%WITHOUT ROWID%'"""
        ).fetchall()
        for (table,) in names:
            columns = self._db.execute(f'PRAGMA table_info("{table}")').fetchall()
            where = _OF_A_TICKET.get(table) or (
                "ticket_id = :ticket" if any(column[1] == "ticket_id" for column in columns) else ""
            )
            for _, column, kind, _, _, key in columns:
                if where and kind == "TEXT" and not key and column not in _KEYS:
                    yield f'"{table}"', f'"{column}"', where

    def _forget_words(self, ticket_id: int) -> None:
        for number, text, who in self._words(ticket_id):
            self._db.execute(
                "INSERT INTO search_text (search_text, rowid, text, who) VALUES ('delete', ?, ?, ?)",
                (number, text, who),
            )

    def _index_again(self, ticket_id: int) -> None:
        for row in self._words(ticket_id):
            self._db.execute("INSERT INTO search_text (rowid, text, who) VALUES (?, ?, ?)", row)

    def _words(self, ticket_id: int) -> list[tuple[int, str, str]]:
        """Return what the full text holds of the ticket's messages, withdrawn ones included."""
        sql = "SELECT id, subject, text, attachments, from_name, from_address FROM message WHERE ticket_id = ?"
        return [
            (number, indexed(subject, text, *_names(files)), indexed(name, address))
            for number, subject, text, files, name, address in self._db.execute(sql, (ticket_id,))
        ]


_KEYS = frozenset(
    {"sha256", "raw_sha256", "content_hash", "kind", "state", "status", "direction", "lane", "token", "message_id",
     "from_address", "reply_to", "recipients", "cc", "recipient", "address", "connector", "external_ref", "source"}
)  # fmt: skip
"""Columns by which rows and people are found: an address goes with its person, not with a ticket."""


def _strings(stored: str) -> Iterator[str]:
    """Yield the text, or the texts in it if it is JSON."""
    parsed = _json(stored)
    if parsed is None:
        yield stored
        return
    waiting = [parsed]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            waiting += value.values() if isinstance(value, dict) else value


def _mapped(stored: str, mask: Callable[[str], str]) -> str:
    """Return the text masked; of JSON only the texts in it."""
    parsed = _json(stored)
    if parsed is None:
        return mask(stored)
    after = _each(parsed, mask)
    return stored if after == parsed else json.dumps(after, ensure_ascii=False)


def _each(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: _each(item, mask) for name, item in value.items()}
    return [_each(item, mask) for item in value] if isinstance(value, list) else value


def _json(stored: str) -> Any:
    """Return what the text is as JSON, None for plain text."""
    if stored[:1] not in ("{", "["):
        return None
    try:
        return json.loads(stored)
    except (ValueError, RecursionError):
        return None


def _names(files: str) -> list[str]:
    return [str(file.get("filename", "")) for file in json.loads(files)]
