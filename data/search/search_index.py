"""Full text over messages and people. Written explicitly with each message (triggers cost 2 to 3 times as much).

Every search is bounded: it is led by an index, and what no index leads looks at the newest tickets only. So it takes
as long with a million tickets as with a thousand.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Any

from data.confidential.items import Item
from data.confidential.mask import covered, find
from data.records.messages import Message
from data.records.tickets import SearchHit, Status
from data.search import field_conditions
from data.search.search_query import Condition, Query, parse
from data.search.search_words import endings, folded, indexed

FILL = (
    """INSERT INTO search_text (rowid, text, who) SELECT id, indexed(subject || char(10) || text || char(10) ||
        coalesce((SELECT group_concat(json_extract(value, '$.filename'), char(10)) FROM json_each(attachments)), '')),
        indexed(from_name || char(10) || from_address) FROM message""",
    """INSERT INTO people_text (rowid, who) SELECT id, person(name, coalesce((SELECT json_group_array(
        json_array(kind, value)) FROM identity WHERE customer_id = customer.id), '[]')) FROM customer""",
)
"""Fill both indexes from the tables; `indexed` and `person` are functions of the connection."""
MOST_LOOKED_AT = 5_000
"""The most matches of a text, or tickets, that are checked against the other conditions."""
_LANE = "lower(coalesce(nullif(t.lane, ''), 'none'))"
"""A ticket's lane as people may write it: `none` if it fits none."""
_MOST_PEOPLE = 500
_AROUND = 40
_MOST_SHOWN = 50_000
"""Characters of a message in which its part around the words is looked for."""
_WHOLE = 300
"""Characters around that part that are read, so that it does not begin or end in half a confidential item."""


def search(
    connection: sqlite3.Connection, text: str, *, limit: int, lane: str | None, now: int = 0, zone: tzinfo = UTC
) -> list[SearchHit]:
    """Return the newest matches. Raises InputError for an operator whose value cannot be."""
    query = parse(text, now, zone)
    if query.is_empty or (lane is not None and query.lanes.wanted and lane.casefold() not in query.lanes.wanted):
        return []
    if lane is not None:
        query.lanes.wanted = [lane.casefold()]
    where, given = _conditions(query)
    most = 2 * limit if not where or _leads_alone(query) else MOST_LOOKED_AT
    numbers: set[int] = set()
    for source, values, but in _sources(query):
        sql = f"""SELECT m.id FROM {source} JOIN ticket t ON t.id = m.ticket_id
            WHERE m.withdrawn = 0 {where} ORDER BY m.id DESC LIMIT :limit"""
        enough = MOST_LOOKED_AT if but else limit
        rows = connection.execute(sql, {**given, **values, "most": max(most, enough), "limit": enough})
        numbers.update(_without(connection, [row[0] for row in rows], but)[:limit])
    return _hits(connection, sorted(numbers, reverse=True)[:limit], text)


def people(connection: sqlite3.Connection, text: str, limit: int) -> list[int]:
    """Return the numbers of the customers that a text names, the newest first; none for a text with operators."""
    query = parse(text, 0, UTC)
    if not query.people or query != Query(words=query.words, people=query.people):
        return []
    sql = "SELECT rowid FROM people_text WHERE people_text MATCH ? ORDER BY rowid DESC LIMIT ?"
    match = " AND ".join(f"({word})" for word in query.people)
    return [row[0] for row in connection.execute(sql, (match, limit))]


def _hits(connection: sqlite3.Connection, numbers: list[int], text: str) -> list[SearchHit]:
    sql = f"""SELECT m.ticket_id, m.id, substr(coalesce(nullif(m.text, ''), m.subject), 1, {_MOST_SHOWN}), t.status,
        t.lane, t.subject FROM message m JOIN ticket t ON t.id = m.ticket_id
        WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC"""
    return [
        SearchHit(row[0], row[1], *snippets(row[2], text), Status(row[3]), row[4], row[5])
        for row in connection.execute(sql, (json.dumps(numbers),))
    ]


def _sources(query: Query) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield where messages come from, by their text, by their people, or by the best other index.

    With each its values, and the FTS5 expression of what must not be there, unless it was looked at already.
    """
    senders = [f"{{who}} : {expression}" for expression in query.senders]
    words = [*query.words, *senders]
    unwanted = [*query.unwanted, *(f"{{who}} : {expression}" for expression in query.other_senders)]
    match = " AND ".join(f"({word})" for word in words)
    but = " OR ".join(f"({word})" for word in unwanted)
    if words:
        match += f" NOT ({but})" if but else ""
        hits = "(SELECT rowid AS id FROM search_text WHERE search_text MATCH :match ORDER BY rowid DESC LIMIT :most)"
        yield f"{hits} h CROSS JOIN message m ON m.id = h.id", {"match": match}, ""
        whom = " AND ".join(f"({word})" for word in [*query.people, *query.senders])
        people = f"""(SELECT rowid AS id FROM people_text WHERE people_text MATCH :whom
            ORDER BY rowid DESC LIMIT {_MOST_PEOPLE})"""
        theirs = f"""{people} p CROSS JOIN ticket o ON o.customer_id = p.id
            CROSS JOIN message m ON m.id = (SELECT max(id) FROM message
                WHERE ticket_id = o.id AND withdrawn = 0{" AND direction = 'in'" if query.senders else ""})"""
        yield theirs, {"whom": whom}, but
        return
    newest = "(SELECT max(id) FROM message WHERE ticket_id = o.id AND withdrawn = 0)"
    yield f"{_tickets(query)} o CROSS JOIN message m ON m.id = {newest}", {}, but


def _tickets(query: Query) -> str:
    """Return the tickets that the most telling condition leads to, the newest first."""
    if query.tags.wanted:
        return """(SELECT -place AS id FROM ticket_tag WHERE lane IN (SELECT DISTINCT lane FROM lane_count)
            AND tag = json_extract(:tags, '$[0]') ORDER BY place LIMIT :most)"""
    if query.fields and not query.fields[0].unwanted:
        return f"""(SELECT ticket_id AS id FROM ticket_field f WHERE f.name = :field_0
            AND {field_conditions.sql(query.fields[0].value, "value_0")[0]} ORDER BY ticket_id DESC LIMIT :most)"""
    if query.has_file:
        return """(SELECT DISTINCT ticket_id AS id FROM (SELECT ticket_id FROM message
            WHERE attachments <> '[]' ORDER BY id DESC LIMIT :most))"""
    if query.since is not None or query.until is not None:
        return """(SELECT DISTINCT ticket_id AS id FROM (SELECT ticket_id FROM message INDEXED BY message_at
            WHERE received_at >= coalesce(:since, 0) AND received_at < coalesce(:until, 1 << 60)
            ORDER BY received_at DESC LIMIT :most))"""
    if query.statuses.wanted:
        return _of_each("status", "statuses", len(query.statuses.wanted))
    if query.languages.wanted:
        return _of_each("language", "languages", len(query.languages.wanted))
    return "(SELECT id FROM ticket ORDER BY id DESC LIMIT :most)"


def _of_each(column: str, values: str, count: int) -> str:
    """Return the newest tickets of each value by the column's own index; `IN` would have to sort them all."""
    each = (
        f"""SELECT id FROM (SELECT id FROM ticket INDEXED BY ticket_of_{column}
            WHERE {column} = json_extract(:{values}, '$[{place}]') ORDER BY id DESC LIMIT :most)"""
        for place in range(count)
    )
    return f"({' UNION '.join(each)})"


def _leads_alone(query: Query) -> bool:
    """Return whether the index that leads to the tickets answers everything that is asked."""
    return query in (
        Query(tags=Condition(query.tags.wanted[:1])),
        Query(statuses=Condition(query.statuses.wanted)),
        Query(languages=Condition(query.languages.wanted)),
    )


def _without(connection: sqlite3.Connection, numbers: list[int], but: str) -> list[int]:
    """Return the messages that do not match what must not be there."""
    if not but or not numbers:
        return numbers
    sql = "SELECT rowid FROM search_text WHERE search_text MATCH ? AND rowid BETWEEN ? AND ?"
    unwanted = {row[0] for row in connection.execute(sql, (but, min(numbers), max(numbers)))}
    return [number for number in numbers if number not in unwanted]


def _conditions(query: Query) -> tuple[str, dict[str, Any]]:
    """Return what the ticket and the message must be, as SQL and its values."""
    parts: list[str] = []
    given: dict[str, Any] = {"since": query.since, "until": query.until}
    for name, column, condition in (
        ("statuses", "t.status", query.statuses),
        ("languages", "t.language", query.languages),
        ("lanes", _LANE, query.lanes),
    ):
        given |= {name: json.dumps(condition.wanted), f"not_{name}": json.dumps(condition.unwanted)}
        if condition.wanted:
            parts.append(f"{column} IN (SELECT value FROM json_each(:{name}))")
        if condition.unwanted:
            parts.append(f"{column} NOT IN (SELECT value FROM json_each(:not_{name}))")
    given |= {"tags": json.dumps(query.tags.wanted), "not_tags": json.dumps(query.tags.unwanted)}
    has_tag = "EXISTS (SELECT 1 FROM json_each(t.tags) g WHERE g.value = w.value)"
    if query.tags.wanted:
        parts.append(f"NOT EXISTS (SELECT 1 FROM json_each(:tags) w WHERE NOT {has_tag})")
    if query.tags.unwanted:
        parts.append(f"NOT EXISTS (SELECT 1 FROM json_each(:not_tags) w WHERE {has_tag})")
    for place, wanted in enumerate(query.fields):
        compared, values = field_conditions.sql(wanted.value, f"value_{place}")
        given |= {f"field_{place}": wanted.name, **values}
        held = f"""EXISTS (SELECT 1 FROM ticket_field f WHERE f.ticket_id = t.id AND f.name = :field_{place}
            AND {compared})"""
        parts.append(f"NOT {held}" if wanted.unwanted else held)
    if query.since is not None:
        parts.append("m.received_at >= :since")
    if query.until is not None:
        parts.append("m.received_at < :until")
    if query.has_file is not None:
        files = "EXISTS (SELECT 1 FROM message f WHERE f.ticket_id = t.id AND f.attachments <> '[]')"
        parts.append(files if query.has_file else f"NOT {files}")
    return "".join(f" AND {part}" for part in parts), given


def insert_message(connection: sqlite3.Connection, number: int, message: Message) -> None:
    """Make a message findable: its text, its files' names, and who wrote it."""
    names = [part.filename for part in message.attachments]
    row = (number, indexed(message.subject, message.text, *names), indexed(message.from_name, message.from_address))
    connection.execute("INSERT INTO search_text (rowid, text, who) VALUES (?, ?, ?)", row)


def index_message(connection: sqlite3.Connection, number: int) -> None:
    """Make a message findable as it is stored now."""
    row = _indexed_row(connection, number)
    if row is not None:
        connection.execute("INSERT INTO search_text (rowid, text, who) VALUES (?, ?, ?)", row)


def remove_message(connection: sqlite3.Connection, number: int) -> None:
    """Take a message out of the index; its row has to be as it was indexed."""
    row = _indexed_row(connection, number)
    if row is not None:
        connection.execute("INSERT INTO search_text (search_text, rowid, text, who) VALUES ('delete', ?, ?, ?)", row)


def _indexed_row(connection: sqlite3.Connection, number: int) -> tuple[int, str, str] | None:
    sql = "SELECT subject, text, attachments, from_name, from_address FROM message WHERE id = ?"
    row = connection.execute(sql, (number,)).fetchone()
    if row is None:
        return None
    names = [str(part.get("filename", "")) for part in json.loads(row[2])]
    return number, indexed(row[0], row[1], *names), indexed(row[3], row[4])


def insert_person(connection: sqlite3.Connection, customer_id: int) -> None:
    """Make a customer findable by name, address, handle and telephone number, as they are now."""
    named = connection.execute("SELECT name FROM customer WHERE id = ?", (customer_id,)).fetchone()
    known = connection.execute("SELECT kind, value FROM identity WHERE customer_id = ?", (customer_id,)).fetchall()
    connection.execute("DELETE FROM people_text WHERE rowid = ?", (customer_id,))
    insert_new_person(connection, customer_id, named[0] if named else "", known)


def insert_new_person(
    connection: sqlite3.Connection, customer_id: int, name: str, identities: list[tuple[str, str]]
) -> None:
    """Make a customer findable who is not yet, by name, and by identities as kind and value in order."""
    who = person(name, identities)
    connection.execute("INSERT INTO people_text (rowid, who) VALUES (?, ?)", (customer_id, who))


def rebuild(connection: sqlite3.Connection) -> None:
    """Make both indexes again from the messages and customers."""
    connection.create_function("indexed", 1, indexed, deterministic=True)
    connection.create_function("person", 2, lambda name, known: person(name, json.loads(known)), deterministic=True)
    connection.execute("INSERT INTO search_text (search_text) VALUES ('delete-all')")
    connection.execute("DELETE FROM people_text")
    for statement in FILL:
        connection.execute(statement)


def person(name: str, identities: list[tuple[str, str]]) -> str:
    """Return what the index holds of a customer."""
    phones = [ending for _, value in identities if re.fullmatch(r"[\d\s()+./-]+", value) for ending in endings(value)]
    return " ".join([indexed(name, *(value for _, value in identities)), *phones])


def snippets(text: str, query: str) -> tuple[str, str]:
    """Return the part of a text around the first word of a search, on one line; then the same masked."""
    line = " ".join(text.split())
    plain = folded(line)
    if len(plain) != len(line):
        line = plain  # a fold that changes lengths: show what was compared
    wanted = [word for word in re.findall(r"\w+", folded(query)) if len(word) > 1] or [folded(query).strip()]
    places = [place for word in wanted if word and (place := plain.find(word)) >= 0]
    start = max(0, min(places, default=0) - _AROUND)
    end = start + 3 * _AROUND
    read_from = max(0, start - _WHOLE)
    items = find(line[read_from : end + _WHOLE])
    items = [Item(item.start + read_from, item.end + read_from, item.kind) for item in items]
    start = min([start, *(item.start for item in items if item.start < start < item.end)])
    end = min([end, *(item.start for item in items if start < item.start < end < item.end)])
    dots = "…" if start else "", "…" if end < len(line) else ""
    inside = [Item(item.start - start, item.end - start, item.kind) for item in items if start <= item.start < end]
    masked = covered(line[start:end], inside)
    return line[start:end].join(dots), masked.join(dots)
