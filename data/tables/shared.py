"""What this desk shares with a team: its own tickets, and the team's numbers of their messages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

_OURS = "t.status NOT IN ('history', 'suspended') AND t.merged_into IS NULL"

_SAID = """m.withdrawn = 0 AND m.direction <> 'note' AND (m.direction = 'in' OR m.raw_sha256 <> '' OR NOT EXISTS (
    SELECT 1 FROM outbox o WHERE o.message_id = m.message_id AND o.ticket_id = m.ticket_id AND o.state <> 'sent'))"""
"""A message that came in, or left."""


class Shared:
    """Reads and writes what is shared, through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def link(self, team: str, ref: str, ticket_id: int) -> None:
        """Note which ticket of the team one of ours is."""
        self._db.execute("INSERT OR IGNORE INTO shared_ticket VALUES (?, ?, ?)", (team, ref, ticket_id))

    def ref(self, team: str, ticket_id: int) -> str:
        """Return the number that a team has for a ticket of ours, empty if it has none."""
        sql = "SELECT ref FROM shared_ticket WHERE connector = ? AND ticket_id = ?"
        row = self._db.execute(sql, (team, ticket_id)).fetchone()
        return str(row[0]) if row else ""

    def is_shared(self, ticket_id: int) -> bool:
        """Return whether any team has a ticket of ours."""
        sql = "SELECT 1 FROM shared_ticket WHERE ticket_id = ? LIMIT 1"
        return self._db.execute(sql, (ticket_id,)).fetchone() is not None

    def note(self, team: str, number: int, message_id: int, post: str = "") -> None:
        """Note under which number a team has a message; `post` is the state of a reply that we send for a colleague."""
        self._db.execute("INSERT OR IGNORE INTO shared_message VALUES (?, ?, ?, ?)", (team, number, message_id, post))

    def message(self, team: str, number: int) -> int | None:
        """Return our number of a team's message, None if we do not have it."""
        sql = "SELECT message_id FROM shared_message WHERE connector = ? AND number = ?"
        row = self._db.execute(sql, (team, number)).fetchone()
        return int(row[0]) if row else None

    def to_open(self, team: str, sources: Collection[str], after: int, limit: int) -> list[int]:
        """Return tickets of these connectors that the team lacks, by number and from `after` on.

        `*` is any connector that mirrors no system.
        """
        sql = f"""SELECT t.id FROM ticket t WHERE {_OURS}
            AND (t.connector IN (SELECT value FROM json_each(:sources)) OR (:all AND t.external_ref = ''))
            AND EXISTS (SELECT 1 FROM message m WHERE m.ticket_id = t.id AND m.raw_sha256 <> '')
            AND NOT EXISTS (SELECT 1 FROM shared_ticket s WHERE s.connector = :team AND s.ticket_id = t.id)
            AND t.id > :after ORDER BY t.id LIMIT :limit"""
        given = {"sources": json.dumps(list(sources)), "all": "*" in sources, "team": team}
        given |= {"after": after, "limit": limit}
        return [row[0] for row in self._db.execute(sql, given)]

    def all_to_open(self, team: str, after: int, limit: int) -> list[int]:
        """Return this desk's own tickets that the team lacks, whatever they came by, by number and from `after` on."""
        sql = f"""SELECT t.id FROM ticket t WHERE {_OURS} AND t.external_ref = ''
            AND EXISTS (SELECT 1 FROM message m WHERE m.ticket_id = t.id AND {_SAID})
            AND NOT EXISTS (SELECT 1 FROM shared_ticket s WHERE s.connector = :team AND s.ticket_id = t.id)
            AND t.id > :after ORDER BY t.id LIMIT :limit"""
        return [row[0] for row in self._db.execute(sql, {"team": team, "after": after, "limit": limit})]

    def all_to_bring(self, team: str, after: int, until: int, limit: int) -> list[int]:
        """Return all messages of shared tickets that the team lacks, and notes written up to a time."""
        sql = f"""SELECT m.id FROM shared_ticket s JOIN message m ON m.ticket_id = s.ticket_id
            WHERE s.connector = :team AND ({_SAID} OR (m.direction = 'note' AND m.withdrawn = 0
                AND m.received_at <= :until))
            AND NOT EXISTS (SELECT 1 FROM shared_message k WHERE k.connector = :team AND k.message_id = m.id)
            AND m.id > :after ORDER BY m.id LIMIT :limit"""
        given = {"team": team, "after": after, "until": until, "limit": limit}
        return [row[0] for row in self._db.execute(sql, given)]

    def stays(self, team: str) -> int:
        """Return how many tickets of this file are not the team's: history, spam, merged, empty, another system's."""
        sql = """SELECT count(*) FROM ticket t WHERE t.connector <> :team
            AND NOT EXISTS (SELECT 1 FROM shared_ticket s WHERE s.connector = :team AND s.ticket_id = t.id)"""
        return int(self._db.execute(sql, {"team": team}).fetchone()[0])

    def to_bring(self, team: str, after: int, limit: int) -> list[int]:
        """Return messages of shared tickets that the team lacks, by number and from `after` on.

        They are what came in, and replies that left.
        """
        sql = """SELECT m.id FROM shared_ticket s JOIN message m ON m.ticket_id = s.ticket_id
            WHERE s.connector = :team AND m.withdrawn = 0 AND m.direction <> 'note'
            AND (m.raw_sha256 <> '' OR EXISTS (
                SELECT 1 FROM outbox o WHERE o.message_id = m.message_id AND o.ticket_id = m.ticket_id
                    AND o.state = 'sent'))
            AND NOT EXISTS (SELECT 1 FROM shared_message k WHERE k.connector = :team AND k.message_id = m.id)
            AND m.id > :after ORDER BY m.id LIMIT :limit"""
        return [row[0] for row in self._db.execute(sql, {"team": team, "after": after, "limit": limit})]

    def posts(self, team: str) -> list[tuple[int, int, str, str, str]]:
        """Return replies that we send for colleagues and whose outbox entry says something new.

        Each as the team's number, our ticket, the state last reported, the outbox's state and its reason.
        """
        sql = """SELECT k.number, m.ticket_id, k.post, o.state, o.reason FROM shared_message k
            JOIN message m ON m.id = k.message_id
            JOIN outbox o ON o.message_id = m.message_id AND o.ticket_id = m.ticket_id
            WHERE k.connector = ? AND k.post IN ('taken', 'held') AND o.state IN ('sent', 'held', 'failed', 'recalled')
            AND o.state <> k.post ORDER BY k.number"""
        return list(self._db.execute(sql, (team,)))

    def reported(self, team: str, number: int, post: str) -> None:
        """Note which state of a colleague's reply the team knows."""
        self._db.execute("UPDATE shared_message SET post = ? WHERE connector = ? AND number = ?", (post, team, number))
