"""The outbox: replies on their way out, each with fixed bytes and a fixed Message-ID."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import Any

from data.errors import ConflictError
from data.records.outbox import OutboxEntry, OutboxState, Proof

_SELECT = """SELECT id, ticket_id, action, connector, state, message_id, recipient, raw, due_at, attempts, reason,
    sent_at, copied, cleared, draft, cc, proofs, looked_at FROM outbox """
_WAITING = "WHERE state IN ('queued', 'sending', 'in doubt', 'failed', 'held') "
_REPLY_SENT = """state = 'sent' AND NOT EXISTS
    (SELECT 1 FROM escalation WHERE escalation.message_id = outbox.message_id AND escalation.message_id <> '')
    AND NOT EXISTS (SELECT 1 FROM forward WHERE forward.message_id = outbox.message_id)"""


class Outbox:
    """Reads and writes the outbox through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, entry_id: int) -> OutboxEntry | None:
        """Return the entry, or None."""
        row = self._db.execute(_SELECT + "WHERE id = ?", (entry_id,)).fetchone()
        return _entry(row) if row else None

    def raw_of(self, ticket_id: int, message_id: str) -> bytes | None:
        """Return the bytes of our own mail on the ticket with this Message-ID, sent or not."""
        sql = "SELECT raw FROM outbox WHERE ticket_id = ? AND message_id = ? AND message_id <> '' LIMIT 1"
        row = self._db.execute(sql, (ticket_id, message_id)).fetchone()
        return bytes(row[0]) if row else None

    def waiting(self) -> list[OutboxEntry]:
        """Return what has not left for good, the earliest first."""
        return [_entry(row) for row in self._db.execute(_SELECT + _WAITING + "ORDER BY due_at, id")]

    def due(self, now: int, connectors: Collection[str], limit: int = 50) -> list[OutboxEntry]:
        """Return the queued replies of these connectors whose undo window is over, in the order of its end."""
        sql = f"""{_SELECT}{_WAITING} AND state = 'queued' AND due_at <= ?
            AND connector IN (SELECT value FROM json_each(?)) ORDER BY due_at, id LIMIT ?"""
        return [_entry(row) for row in self._db.execute(sql, (now, json.dumps(list(connectors)), limit))]

    def next_leaves(self, now: int) -> int | None:
        """Return when the next undo window ends, None if none is open."""
        sql = f"SELECT min(due_at) FROM outbox {_WAITING} AND state = 'queued' AND due_at > ?"
        row = self._db.execute(sql, (now,)).fetchone()
        return None if row[0] is None else int(row[0])

    def counts(self) -> dict[OutboxState, int]:
        """Return how many replies wait in each state."""
        rows = self._db.execute(f"SELECT state, count(*) FROM outbox {_WAITING}GROUP BY state")
        return {OutboxState(state): n for state, n in rows}

    def insert(self, entry: OutboxEntry) -> int:
        """Queue a reply and return its number. Raises ConflictError if its draft is already in the outbox."""
        try:
            cursor = self._db.execute(
                "INSERT INTO outbox "
                "(ticket_id, action, connector, state, message_id, recipient, raw, due_at, attempts, reason, draft, "
                "cc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (entry.ticket_id, entry.action, entry.connector, entry.state, entry.message_id, entry.recipient,
                 entry.raw, entry.due_at, entry.attempts, entry.reason, entry.draft,
                 json.dumps(entry.cc, ensure_ascii=False)),
            )  # fmt: skip
        except sqlite3.IntegrityError as error:
            raise ConflictError(
                "Sent already", f"The draft of #{entry.ticket_id} was sent already; nothing is sent twice."
            ) from error
        return int(cursor.lastrowid or 0)

    def move(
        self, entry_id: int, old: OutboxState, new: OutboxState, *, reason: str = "", due_at: int | None = None
    ) -> bool:
        """Take the entry from one state to another if it is still in the first; return whether it was.

        A recalled reply stays where it is once its draft was sent again.
        """
        sql = """UPDATE OR IGNORE outbox SET state = :new, reason = :reason, due_at = coalesce(:due_at, due_at),
            attempts = iif(:new = 'sending', attempts + 1, iif(:old = 'failed', 0, attempts))
            WHERE id = :id AND state = :old"""
        cursor = self._db.execute(sql, {"id": entry_id, "old": old, "new": new, "reason": reason, "due_at": due_at})
        return cursor.rowcount == 1

    def newest_draft(self, ticket_id: int) -> int:
        """Return the newest revision of a draft that a reply to the ticket was written in, 0 for none."""
        row = self._db.execute("SELECT max(draft) FROM outbox WHERE ticket_id = ?", (ticket_id,)).fetchone()
        return int(row[0] or 0)

    def hurry(self, entry_id: int, due_at: int) -> bool:
        """Let a queued reply leave at once, as if nothing had been tried."""
        sql = "UPDATE outbox SET due_at = ?, attempts = 0, reason = '' WHERE id = ? AND state = 'queued'"
        return self._db.execute(sql, (due_at, entry_id)).rowcount == 1

    def put_off(self, entry_id: int, *, reason: str, due_at: int, failed: bool = False) -> bool:
        """Note an attempt of a queued reply that came to nothing; `failed` ends the attempts."""
        sql = """UPDATE outbox SET state = iif(:failed, 'failed', 'queued'), reason = :reason, due_at = :due_at,
            attempts = attempts + 1 WHERE id = :id AND state = 'queued'"""
        given = {"id": entry_id, "reason": reason, "due_at": due_at, "failed": failed}
        return self._db.execute(sql, given).rowcount == 1

    def give_back(self, entry: OutboxEntry, *, reason: str, now: int) -> None:
        """Let a reply whose remote was lost wait behind all others, as if it had not been tried.

        What else is due on its ticket goes with it, so that the replies of a ticket leave in their order.
        """
        self._db.execute(
            """UPDATE outbox SET state = 'queued', reason = ?, attempts = attempts - (state = 'sending')
            WHERE id = ? AND state IN ('queued', 'sending')""",
            (reason, entry.id),
        )
        self._db.execute(
            f"""UPDATE outbox SET due_at = :now {_WAITING} AND state = 'queued' AND due_at < :now
            AND ticket_id = :ticket AND connector = :connector""",
            {"now": now, "ticket": entry.ticket_id, "connector": entry.connector},
        )

    def arrived(self, entry_id: int, old: OutboxState, at: int, *, to_copy: bool = False) -> bool:
        """Mark a reply as sent if it is still in the state `old`; `to_copy` where the mailbox lacks its copy."""
        sql = """UPDATE outbox SET state = 'sent', reason = '', sent_at = ?, copied = ? WHERE id = ? AND state = ?"""
        return self._db.execute(sql, (at, int(not to_copy), entry_id, old)).rowcount == 1

    def asked(self, entry_id: int, proofs: Collection[Proof]) -> None:
        """Note what was asked for that would prove the reply's arrival."""
        self._db.execute("UPDATE outbox SET proofs = ? WHERE id = ?", (" ".join(sorted(proofs)), entry_id))

    def looked_for(self, entry_id: int, at: int) -> None:
        """Note that a reply was not among the sent mail."""
        self._db.execute("UPDATE outbox SET looked_at = ? WHERE id = ?", (at, entry_id))

    def doubted(self, message_ids: Collection[str]) -> list[OutboxEntry]:
        """Return the replies in doubt with one of these Message-IDs."""
        sql = f"{_SELECT}{_WAITING} AND state = 'in doubt' AND message_id IN (SELECT value FROM json_each(?))"
        return [_entry(row) for row in self._db.execute(sql, (json.dumps(list(message_ids)),))]

    def of_message(self, message_id: str) -> OutboxEntry | None:
        """Return our own mail with this Message-ID, whatever became of it."""
        row = self._db.execute(_SELECT + "WHERE message_id = ?", (message_id,)).fetchone()
        return _entry(row) if row else None

    def uncopied(self, connector: str, limit: int = 50) -> list[OutboxEntry]:
        """Return sent replies whose copy is not in the mailbox yet, oldest first."""
        sql = _SELECT + "WHERE copied = 0 AND connector = ? AND state = 'sent' ORDER BY id LIMIT ?"
        return [_entry(row) for row in self._db.execute(sql, (connector, limit))]

    def copied(self, entry_id: int) -> None:
        """Note that the mailbox has the copy of a sent reply."""
        self._db.execute("UPDATE outbox SET copied = 1 WHERE id = ?", (entry_id,))

    def clear(self, entry_id: int) -> None:
        """Note that the agent has seen every message there is now, and lets the reply go anyway."""
        self._db.execute("UPDATE outbox SET cleared = (SELECT max(id) FROM message) WHERE id = ?", (entry_id,))

    def sent_since(self, connector: str, at: int) -> int:
        """Return how many replies left through a connector after a time."""
        sql = "SELECT count(*) FROM outbox WHERE connector = ? AND sent_at > ?"
        return int(self._db.execute(sql, (connector, at)).fetchone()[0])

    def bounced(self, message_id: str, reason: str) -> bool:
        """Mark a sent reply as failed: the mail server returned it. Return whether it was ours."""
        sql = "UPDATE outbox SET state = 'failed', reason = ? WHERE message_id = ? AND state IN ('sent', 'in doubt')"
        return self._db.execute(sql, (reason, message_id)).rowcount == 1

    def last_sent(self, ticket_id: int) -> int | None:
        """Return when the ticket's latest reply to the customer left, None if none did."""
        sql = f"SELECT max(sent_at) FROM outbox WHERE ticket_id = ? AND {_REPLY_SENT}"
        row = self._db.execute(sql, (ticket_id,)).fetchone()
        return None if row[0] is None else int(row[0])

    def answered_since(self, connector: str, at: int) -> dict[int, int]:
        """Return the tickets whose reply to the customer left at this moment or later, and when the latest did."""
        sql = f"""SELECT ticket_id, max(sent_at) FROM outbox WHERE connector = ? AND sent_at >= ? AND {_REPLY_SENT}
            GROUP BY ticket_id"""
        return dict(self._db.execute(sql, (connector, at)).fetchall())

    def doubt_all(self, connectors: Collection[str]) -> int:
        """Mark replies that these connectors were sending when the program ended as in doubt; return how many."""
        sql = """UPDATE outbox SET state = 'in doubt', reason = 'the program ended while it was being sent'
            WHERE state = 'sending' AND connector IN (SELECT value FROM json_each(?))"""
        return self._db.execute(sql, (json.dumps(list(connectors)),)).rowcount


def _entry(row: tuple[Any, ...]) -> OutboxEntry:
    values = list(row)
    values[4], values[7], values[12] = OutboxState(row[4]), bytes(row[7]), bool(row[12])
    values[15] = tuple(json.loads(row[15]))
    values[16] = frozenset(Proof(word) for word in row[16].split())
    return OutboxEntry(*values)
