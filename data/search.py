"""Full text over subjects and texts. Written explicitly with each message (triggers cost 2 to 3 times as much)."""

from __future__ import annotations

import re
import sqlite3

from data.records import SearchHit

_WORD = re.compile(r"\w+")
_MOST_WORDS = 16


def search(connection: sqlite3.Connection, query: str, *, limit: int, lane: str | None) -> list[SearchHit]:
    """Return the newest messages that hold every word of `query`; its last word may be a beginning."""
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


def match_expression(query: str) -> str:
    """Turn any text into an FTS5 query that cannot fail: every word quoted, the last one a prefix."""
    words = _WORD.findall(query.encode("utf-8", "replace").decode("utf-8").replace("\x00", " "))[:_MOST_WORDS]
    if not words:
        return ""
    quoted = [f'"{word}"' for word in words]
    if len(words[-1]) >= 3 and not query[-1].isspace():
        quoted[-1] += "*"
    return " ".join(quoted)
