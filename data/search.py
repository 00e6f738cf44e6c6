"""Full text over subjects and texts. Written explicitly with each message (triggers cost 2 to 3 times as much)."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from itertools import islice

from data.records.tickets import SearchHit

_WORD = re.compile(r"\w+")
_MOST_WORDS = 16
_SHORTEST_NAME = 2
_MOST_PEOPLE = 200
_MOST_SCANNED = 20_000
"""Messages looked at for a word inside a sentence: the full-text index knows whole words only."""
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)


def search(connection: sqlite3.Connection, query: str, *, limit: int, lane: str | None) -> list[SearchHit]:
    """Return the newest messages that contain every word of `query`; the last word may be a prefix.

    Words of scripts without spaces are found inside a sentence too, in the newest messages; people by name and address.
    """
    hits: dict[int, SearchHit] = {}
    for way in (_by_text, _of_people, _inside_sentences):
        for hit in way(connection, query.replace("\x00", " "), limit, lane):
            hits.setdefault(hit.message_id, hit)
    return [hits[number] for number in sorted(hits, reverse=True)[:limit]]


def _by_text(connection: sqlite3.Connection, query: str, limit: int, lane: str | None) -> list[SearchHit]:
    match = match_expression(query)
    if not match:
        return []
    sql = """SELECT m.ticket_id, m.id, snippet(message_text, 1, '', '', '…', 12)
        FROM message_text JOIN message m ON m.id = message_text.rowid"""
    where = " WHERE message_text MATCH :match AND m.withdrawn = 0"
    if lane is not None:
        sql += " JOIN ticket t ON t.id = m.ticket_id"
        where += " AND t.lane = :lane"
    rows = connection.execute(
        sql + where + " ORDER BY message_text.rowid DESC LIMIT :limit", {"match": match, "lane": lane, "limit": limit}
    )
    return [SearchHit(*row) for row in rows]


def _of_people(connection: sqlite3.Connection, query: str, limit: int, lane: str | None) -> list[SearchHit]:
    """Return the newest message of each ticket of the customers whose name or address contains every word."""
    wanted = [_folded(word) for word in query.split()]
    if not wanted or len(wanted) > _MOST_WORDS or min(map(len, wanted)) < _SHORTEST_NAME:
        return []
    named = """SELECT id, who FROM (SELECT c.id, c.name || ' ' || coalesce(group_concat(i.value, ' '), '') AS who
        FROM customer c LEFT JOIN identity i ON i.customer_id = c.id GROUP BY c.id)
        WHERE who LIKE ? ESCAPE '!' ORDER BY id DESC"""
    rows = connection.execute(named, (f"%{_any_accent(max(wanted, key=len))}%",))
    people = list(islice((row[0] for row in rows if all(word in _folded(row[1]) for word in wanted)), _MOST_PEOPLE))
    sql = """SELECT t.id, max(m.id), m.from_name || ' <' || m.from_address || '> ' || t.subject
        FROM ticket t JOIN message m ON m.ticket_id = t.id
        WHERE t.customer_id IN (SELECT value FROM json_each(?)) AND m.withdrawn = 0 AND t.lane = coalesce(?, t.lane)
        GROUP BY t.id ORDER BY max(m.id) DESC LIMIT ?"""
    return [SearchHit(*row) for row in connection.execute(sql, (json.dumps(people), lane, limit))] if people else []


def _inside_sentences(connection: sqlite3.Connection, query: str, limit: int, lane: str | None) -> list[SearchHit]:
    """Return the newest messages that hold every word anywhere, for scripts that write no spaces between words."""
    wanted = query.encode("utf-8", "replace").decode("utf-8").split()[:_MOST_WORDS]
    if not _SPACELESS.search(query):
        return []
    sql = """SELECT m.ticket_id, m.id, substr(m.text, max(1, instr(m.text, ?) - 20), 60)
        FROM (SELECT id, ticket_id, text, subject, withdrawn FROM message ORDER BY id DESC LIMIT ?) m
        JOIN ticket t ON t.id = m.ticket_id
        WHERE m.withdrawn = 0 AND t.lane = coalesce(?, t.lane) AND NOT EXISTS (SELECT 1 FROM json_each(?) w
            WHERE instr(m.text, w.value) = 0 AND instr(m.subject, w.value) = 0)
        ORDER BY m.id DESC LIMIT ?"""
    values = (wanted[0], _MOST_SCANNED, lane, json.dumps(wanted), limit)
    return [SearchHit(*row) for row in connection.execute(sql, values)]


def _any_accent(word: str) -> str:
    """Return a LIKE pattern with a wildcard for every letter that has accents or case outside ASCII."""
    plain = re.sub(r"([!%_])", r"!\1", word)
    return re.sub(r"[aeioucnsyz]|[^\x00-\x7f]", "_", plain, flags=re.IGNORECASE)


def _folded(text: str) -> str:
    """Return a text without case and accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()


def match_expression(query: str) -> str:
    """Turn any text into an FTS5 query that cannot fail: every word quoted, the last one a prefix."""
    words = _WORD.findall(query.encode("utf-8", "replace").decode("utf-8").replace("\x00", " "))[:_MOST_WORDS]
    if not words:
        return ""
    quoted = [f'"{word}"' for word in words]
    if len(words[-1]) >= 3 and not query[-1].isspace():
        quoted[-1] += "*"
    return " ".join(quoted)
