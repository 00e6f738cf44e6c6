"""Erases what the file keeps about a person: rows, full text, mentions elsewhere, and the free space of the file."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.personal.places import ERASED, PLACES, SAFE_KEYS
from data.search.search_index import index_message, rebuild, remove_message
from data.search.search_words import term
from data.tables.event_chain import SEALED, redact

LEAST_LETTERS = 5
"""Shorter addresses and handles are not replaced in other people's texts: they may be words."""
_GONE = ("sent", "recalled")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data it is."""

    customer: int
    """0 for tickets that are erased without their customer."""
    names: tuple[str, ...]
    identities: tuple[str, ...]
    """Addresses, handles and telephone numbers, as they are stored."""
    tickets: tuple[int, ...]
    messages: tuple[int, ...]
    """Those of the tickets, and the person's own in tickets of others."""

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the conditions in `PLACES`."""
        return {
            "customer": self.customer,
            "tickets": json.dumps(self.tickets),
            "messages": json.dumps(self.messages),
            "identities": json.dumps(self.identities),
        }

    @property
    def mentions(self) -> tuple[str, ...]:
        """What identifies the person in any text."""
        return tuple(value for value in self.identities if len(value) >= LEAST_LETTERS)


def subject_of(connection: sqlite3.Connection, customer: int) -> Subject:
    """Return a customer with everything that is theirs."""
    names = [row[0] for row in connection.execute("SELECT name FROM customer WHERE id = ?", (customer,))]
    identities = [row[0] for row in connection.execute("SELECT value FROM identity WHERE customer_id = ?", (customer,))]
    tickets = [row[0] for row in connection.execute("SELECT id FROM ticket WHERE customer_id = ?", (customer,))]
    return _with_messages(connection, customer, names, identities, tickets)


def subject_of_tickets(connection: sqlite3.Connection, tickets: Sequence[int]) -> Subject:
    """Return tickets without their customer."""
    return _with_messages(connection, 0, [], [], list(tickets))


def _with_messages(
    connection: sqlite3.Connection, customer: int, names: list[str], identities: list[str], tickets: list[int]
) -> Subject:
    sql = """SELECT id FROM message WHERE ticket_id IN (SELECT value FROM json_each(?))
        UNION SELECT id FROM message WHERE direction = 'in'
            AND lower(from_address) IN (SELECT value FROM json_each(?)) AND from_address <> ''"""
    rows = connection.execute(sql, (json.dumps(tickets), json.dumps(identities)))
    return Subject(
        customer, tuple(filter(None, names)), tuple(identities), tuple(tickets), tuple(row[0] for row in rows)
    )


def erase_rows(connection: sqlite3.Connection, subject: Subject) -> tuple[dict[str, int], dict[int, dict[int, str]]]:
    """Erase a person's rows in the open transaction.

    Returns how many rows of each table changed, and for each ticket the seals of its redacted events, to be recorded.
    """
    values = subject.values
    rows: dict[str, int] = {}
    for number in subject.messages:
        remove_message(connection, number)
    seals = _redact_events(connection, subject, rows)
    for table, place in PLACES.items():
        if not place.owner or table == "event":
            continue
        if place.delete:
            sql = f"DELETE FROM {table} WHERE {place.owner}"
        elif place.blank:
            what = ", ".join(f"{column} = {value}" for column, value in place.blank.items())
            sql = f"UPDATE {table} SET {what} WHERE {place.owner}"
        else:
            continue
        changed = connection.execute(sql, values).rowcount
        if changed > 0:
            rows[table] = rows.get(table, 0) + changed
    if subject.customer:
        connection.execute("DELETE FROM people_text WHERE rowid = ?", (subject.customer,))
    _replace_mentions(connection, subject, rows, seals)
    return rows, seals


def _redact_events(connection: sqlite3.Connection, subject: Subject, rows: dict[str, int]) -> dict[int, dict[int, str]]:
    seals: dict[int, dict[int, str]] = {}
    sql = "SELECT id, ticket_id, actor, detail FROM event WHERE ticket_id IN (SELECT value FROM json_each(?))"
    for number, ticket, actor, detail in connection.execute(sql, (json.dumps(subject.tickets),)).fetchall():
        kept = json.dumps(_without_text(json.loads(detail)), ensure_ascii=False)
        if kept != detail:
            seals.setdefault(ticket, {})[number] = redact(connection, number, actor, kept)
    rows["event"] = sum(len(of_ticket) for of_ticket in seals.values())
    return seals


def _without_text(detail: Any, key: str = "") -> Any:
    """Return the detail of an event without text that may be about the customer; seals of other events stay."""
    if isinstance(detail, dict):
        return {
            name: value if name == SEALED else _without_text(value, _key(key, name)) for name, value in detail.items()
        }
    if isinstance(detail, list):
        return [_without_text(value, key) for value in detail]
    return ERASED if isinstance(detail, str) and detail and key not in SAFE_KEYS else detail


def _key(outer: str, name: str) -> str:
    """Return the key that decides about a text: values of custom fields are never names of ours."""
    return outer if outer == "fields" else name if name != "changed" else ""


def _replace_mentions(
    connection: sqlite3.Connection, subject: Subject, rows: dict[str, int], seals: dict[int, dict[int, str]]
) -> None:
    """Replace the person's addresses, handles and numbers in rows that belong to others."""
    if not subject.mentions:
        return
    pattern = re.compile("|".join(re.escape(value) for value in sorted(subject.mentions, key=len)[::-1]), re.IGNORECASE)
    for table, place in PLACES.items():
        if place.free_text:
            changed = _replaced(connection, table, place.free_text.split(), subject.mentions, pattern)
            rows[f"{table}, mentioned"] = changed
    connection.executemany(
        "DELETE FROM participant WHERE lower(address) = ?", [(value,) for value in subject.identities]
    )
    _empty_raw(connection, "raw", "bytes", subject.mentions)
    _empty_raw(connection, "outbox", "raw", subject.mentions)
    for value in subject.mentions:
        sql = "SELECT id, ticket_id, actor, detail FROM event WHERE instr(lower(detail), ?)"
        for number, ticket, actor, detail in connection.execute(sql, (value,)).fetchall():
            held = json.loads(detail)
            texts = {name: text for name, text in held.items() if name != SEALED}
            plain = json.loads(pattern.sub(ERASED, json.dumps(texts, ensure_ascii=False)))
            if plain != texts:
                kept = json.dumps({**held, **plain}, ensure_ascii=False)
                seals.setdefault(ticket, {})[number] = redact(connection, number, actor, kept)
    for name in [name for name, count in rows.items() if not count]:
        del rows[name]


def _replaced(
    connection: sqlite3.Connection, table: str, columns: list[str], values: Sequence[str], pattern: re.Pattern[str]
) -> int:
    where = " OR ".join(f"instr(lower({column}), ?)" for column in columns for _ in values)
    given = [value for _ in columns for value in values]
    keys = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
    matches = connection.execute(f"SELECT {', '.join([*keys, *columns])} FROM {table} WHERE {where}", given).fetchall()
    for row in matches:
        key, texts = row[: len(keys)], row[len(keys) :]
        same_key = " AND ".join(f"{name} = ?" for name in keys)
        if table == "message":
            remove_message(connection, key[0])
        what = ", ".join(f"{column} = ?" for column in columns)
        connection.execute(
            f"UPDATE OR REPLACE {table} SET {what} WHERE {same_key}",
            [*(pattern.sub(ERASED, text) for text in texts), *key],
        )
        if table == "message":
            index_message(connection, key[0])
    return len(matches)


def _empty_raw(connection: sqlite3.Connection, table: str, column: str, values: Sequence[str]) -> None:
    """Drop original bytes that mention the person; what was read from them stays."""
    for value in values:
        waits = f" AND state IN {_GONE}" if table == "outbox" else ""
        connection.execute(
            f"UPDATE {table} SET {column} = x'' WHERE instr(lower(CAST({column} AS TEXT)), ?){waits}", (value,)
        )


def still_found(connection: sqlite3.Connection, subject: Subject) -> list[str]:
    """Return which of the person's names and addresses the full text still finds for their messages."""
    matches = []
    for value in (*subject.identities, *subject.names):
        match = term(value)
        if not match:
            continue
        sql = "SELECT rowid FROM search_text WHERE search_text MATCH ?"
        numbers = {row[0] for row in connection.execute(sql, (match,))}
        if numbers & set(subject.messages):
            matches.append(value)
    return matches


def mentioned_by_name(connection: sqlite3.Connection, subject: Subject, limit: int = 50) -> list[int]:
    """Return other tickets whose messages hold the person's whole name, which may be another's too."""
    tickets: set[int] = set()
    for name in subject.names:
        if match := term(name):
            sql = """SELECT DISTINCT m.ticket_id FROM search_text s JOIN message m ON m.id = s.rowid
                WHERE search_text MATCH ? LIMIT ?"""
            tickets |= {row[0] for row in connection.execute(sql, (match, limit))}
    return sorted(tickets - set(subject.tickets))


def clean_index(connection: sqlite3.Connection, subject: Subject) -> None:
    """Have the full text forget what was removed from it, in the open transaction."""
    if still_found(connection, subject):
        rebuild(connection)
    for index in ("search_text", "people_text"):
        connection.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")


def rows_of(connection: sqlite3.Connection, subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield everything that the file keeps about a person, table by table, as column and value."""
    for table, place in PLACES.items():
        if not place.owner:
            continue
        cursor = connection.execute(f"SELECT * FROM {table} WHERE {place.owner}", subject.values)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield table, dict(zip(names, row, strict=True))
