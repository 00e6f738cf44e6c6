"""Who is mentioned in which note: kept by name as the note is stored, whichever door it came by."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable

from data.records.mentions import MOST_SHOWN, Mention, MentionState

MOST_NAMES = 20
"""Names of one note that are kept."""
MOST_READ = 200
"""How many of an agent's newest mentions are looked through."""
_NAME = re.compile(r"(?<![\w@.+-])@([^\W_][\w.-]{0,39})")
_BEGINNING = MOST_SHOWN + 300
_SELECT = f"""WITH mine AS (
        SELECT message_id, max(seen_at) AS seen_at, max(after_event) AS after_event FROM mention
        WHERE name IN (SELECT value FROM json_each(:names)) GROUP BY message_id ORDER BY message_id DESC
        LIMIT {MOST_READ})
    SELECT m.id, m.ticket_id, coalesce(nullif(m.from_name, ''), m.from_address), m.received_at,
        substr(m.text, 1, {_BEGINNING}),
        CASE WHEN EXISTS (SELECT 1 FROM event e WHERE e.ticket_id = m.ticket_id AND e.id > mine.after_event
                AND e.actor = :agent AND e.kind IN ('note', 'reply', 'change', 'step')) THEN 'answered'
            WHEN mine.seen_at IS NOT NULL THEN 'seen' ELSE 'open' END AS state
    FROM mine JOIN message m ON m.id = mine.message_id WHERE m.withdrawn = 0 AND m.from_name <> :agent"""


class Mentions:
    """Reads and writes mentions through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def note(self, message_id: int, text: str) -> None:
        """Keep whom a note mentions; what they do from now on answers it."""
        names = mentioned(text)[:MOST_NAMES]
        sql = "INSERT OR IGNORE INTO mention VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM event), NULL)"
        self._db.executemany(sql, [(name, message_id) for name in names])

    def of(self, names: Iterable[str], agent: str, *, everything: bool = False) -> list[Mention]:
        """Return the newest mentions of an agent, also called `names` elsewhere; only the open ones at first."""
        given = {"names": json.dumps(sorted(keys([agent, *names]))), "agent": agent}
        sql = _SELECT + ("" if everything else " AND state = 'open'") + " ORDER BY m.id DESC"
        return [
            Mention(number, ticket_id, author, at, text, MentionState(state))
            for number, ticket_id, author, at, text, state in self._db.execute(sql, given)
        ]

    def see(self, ticket_id: int, names: Iterable[str], now: int) -> int:
        """Mark the mentions of an agent on a ticket as seen, and return how many were not before."""
        sql = """UPDATE mention SET seen_at = :now WHERE seen_at IS NULL
            AND name IN (SELECT value FROM json_each(:names))
            AND message_id IN (SELECT id FROM message WHERE ticket_id = :ticket)"""
        given = {"now": now, "names": json.dumps(sorted(keys(names))), "ticket": ticket_id}
        return self._db.execute(sql, given).rowcount


def mentioned(text: str) -> list[str]:
    """Return whom a text mentions, as keys, each once."""
    composed = unicodedata.normalize("NFC", text)  # an accent of its own would end a name
    return list(dict.fromkeys(name for match in _NAME.finditer(composed) if (name := key(match[1]))))


def key(name: str) -> str:
    """Return a name as mentions are compared: without case, accents, spaces and punctuation."""
    # folded twice, since decomposing may bring capitals back (Unicode 3.13, D146)
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name.casefold()).casefold())
    return "".join(char for char in plain if char.isalnum())


def keys(names: Iterable[str]) -> set[str]:
    """Return what mentions these names: each in full, and by its first word."""
    words = [word for name in names for word in (name, name.partition(" ")[0])]
    return {key(word) for word in words} - {""}
