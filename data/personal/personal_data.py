"""What the store knows about personal data, through one connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.personal.erasing import (
    Subject,
    clean_index,
    erase_rows,
    mentioned_by_name,
    rows_of,
    subject_of,
    subject_of_tickets,
)


class PersonalData:
    """Collects and erases personal data."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of_customer(self, customer: int) -> Subject:
        """Return a customer with all their tickets and messages."""
        return subject_of(self._db, customer)

    def of_tickets(self, tickets: Sequence[int]) -> Subject:
        """Return tickets with their messages, without their customers."""
        return subject_of_tickets(self._db, tickets)

    def rows(self, subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield everything that is kept about a person: table, and values by column."""
        return rows_of(self._db, subject)

    def elsewhere(self, subject: Subject) -> list[int]:
        """Return other tickets that hold the person's whole name, which may be another's too."""
        return mentioned_by_name(self._db, subject)

    def erase(self, subject: Subject) -> tuple[dict[str, int], dict[int, dict[int, str]]]:
        """Erase it in the open transaction; return the changed rows by table, and the seals to record by ticket."""
        self._db.execute("PRAGMA secure_delete = ON")
        rows, seals = erase_rows(self._db, subject)
        clean_index(self._db, subject)
        return rows, seals

    def aged(self, lane: str, kind: str, before: int, limit: int = 10_000) -> list[int]:
        """Return finished tickets that nothing happened to since `before`, and whose content was not erased yet.

        An empty `lane` or `kind` is any. A ticket's kind is that of its first message. Legal holds are left out.
        """
        sql = """SELECT t.id FROM ticket t WHERE t.status IN ('solved', 'closed', 'suspended', 'history')
            AND t.updated_at < :before AND :lane IN ('', t.lane)
            AND (:kind = '' OR :kind = (SELECT kind FROM message WHERE ticket_id = t.id ORDER BY id LIMIT 1))
            AND NOT EXISTS (SELECT 1 FROM event WHERE ticket_id = t.id AND kind IN ('erased', 'expired'))
            AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.customer_id = t.customer_id AND h.lifted_at IS NULL)
            ORDER BY t.id LIMIT :limit"""
        given = {"lane": lane, "kind": kind, "before": before, "limit": limit}
        return [row[0] for row in self._db.execute(sql, given)]

    def waiting_replies(self, subject: Subject) -> int:
        """Return how many replies of the person's tickets an agent or the outbox still has to deal with."""
        sql = """SELECT count(*) FROM outbox WHERE ticket_id IN (SELECT value FROM json_each(:tickets))
            AND state NOT IN ('sent', 'recalled')"""
        return int(self._db.execute(sql, subject.values).fetchone()[0])

    def outgoing_ids(self, subject: Subject) -> list[str]:
        """Return the Message-IDs of the mails that went out on the person's tickets."""
        sql = "SELECT message_id FROM outbox WHERE ticket_id IN (SELECT value FROM json_each(:tickets))"
        return [row[0] for row in self._db.execute(sql, subject.values)]
