"""Moving messages from one ticket to another, with all that belongs to them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Rows = Mapping[str, list[Any]]
"""By table, the keys of the rows that belong to a ticket; of a message and an outgoing mail, what else is changed."""

_OF_MESSAGES = {
    "promise": "message_id IN (SELECT value FROM json_each(:messages))",
    "csat_question": "message_id IN (SELECT value FROM json_each(:messages))",
    "csat": """message_id IN (SELECT value FROM json_each(:messages)) OR question_id IN
        (SELECT id FROM csat_question WHERE message_id IN (SELECT value FROM json_each(:messages)))""",
    "review": "message_id IN (SELECT value FROM json_each(:messages))",
    "forward": "message IN (SELECT value FROM json_each(:messages))",
    "calibration": "message_id IN (SELECT value FROM json_each(:messages))",
}
"""Rows with a number of their own that belong to messages."""
_SENT_AS = "message_id IN (SELECT message_id FROM message WHERE id IN (SELECT value FROM json_each(:messages)))"
_FETCHED_AS = "sha256 IN (SELECT raw_sha256 FROM message WHERE id IN (SELECT value FROM json_each(:messages)))"


class Moves:
    """Finds what belongs to messages, and moves it, through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of_ticket(self, ticket_id: int) -> Rows:
        """Return everything that a ticket takes along when it is merged, withdrawn messages too."""
        numbers = [row[0] for row in self._db.execute("SELECT id FROM message WHERE ticket_id = ?", (ticket_id,))]
        return self._rows(ticket_id, numbers, "1") | {"escalation": self._numbers("escalation", ticket_id, "1", "[]")}

    def of_messages(self, ticket_id: int, messages: Sequence[int]) -> Rows:
        """Return the rows of these messages of a ticket, and what belongs to them."""
        return self._rows(ticket_id, messages, "0")

    def _rows(self, ticket_id: int, messages: Sequence[int], all_of_it: str) -> dict[str, list[Any]]:
        given = json.dumps(list(messages))
        rows = {
            table: self._numbers(table, ticket_id, f"{all_of_it} OR {condition}", given)
            for table, condition in _OF_MESSAGES.items()
        }
        rows["message"] = self._lists(
            f"""SELECT id, moved_from FROM message WHERE ticket_id = :ticket
                AND ({all_of_it} OR id IN (SELECT value FROM json_each(:messages))) ORDER BY id""", ticket_id, given
        )  # fmt: skip
        rows["outbox"] = self._lists(
            f"SELECT id, draft FROM outbox WHERE ticket_id = :ticket AND ({all_of_it} OR {_SENT_AS})", ticket_id, given
        )
        rows["remote_mail"] = self._lists(
            f"""SELECT connector, mailbox, uidvalidity, uid FROM remote_mail
                WHERE ticket_id = :ticket AND ({all_of_it} OR {_FETCHED_AS})""", ticket_id, given
        )  # fmt: skip
        rows["sample_item"] = self._lists(
            f"""SELECT sample_id, place FROM sample_item WHERE ticket_id = :ticket
                AND ({all_of_it} OR message_id IN (SELECT value FROM json_each(:messages)))""", ticket_id, given
        )  # fmt: skip
        return rows

    def move(self, rows: Rows, old: int, new: int, *, back: bool = False) -> bool:
        """Give the rows to the ticket `new`; return whether all its messages were still in `old`.

        `back` restores what a move has changed of messages and outgoing mails. A mail that is on its way leaves behind
        the number of its draft: it counts only among the drafts of the ticket that it was written on.
        """
        numbers = [number for number, _ in rows["message"]]
        sql = "SELECT count(*) FROM message WHERE ticket_id = ? AND id IN (SELECT value FROM json_each(?))"
        if self._db.execute(sql, (old, json.dumps(numbers))).fetchone()[0] != len(numbers):
            return False
        self._db.executemany(
            "UPDATE message SET ticket_id = ?, moved_from = ? WHERE id = ?",
            [(new, before if back else old, number) for number, before in rows["message"]],
        )
        self._db.executemany(
            "UPDATE outbox SET ticket_id = ?, draft = ? WHERE id = ?",
            [(new, draft if back else 0, number) for number, draft in rows["outbox"]],
        )
        self._db.executemany(
            """UPDATE remote_mail SET ticket_id = ?
                WHERE connector = ? AND mailbox = ? AND uidvalidity = ? AND uid = ?""",
            [(new, *key) for key in rows["remote_mail"]],
        )
        self._db.executemany(
            "UPDATE sample_item SET ticket_id = ? WHERE sample_id = ? AND place = ?",
            [(new, *key) for key in rows["sample_item"]],
        )
        for table in {*_OF_MESSAGES, "escalation"} & rows.keys():
            self._db.executemany(
                f"UPDATE {table} SET ticket_id = ? WHERE id = ?", [(new, number) for number in rows[table]]
            )
        return True

    def rename(self, values: Sequence[str], old: int, new: int) -> None:
        """Let these Message-IDs lead to the ticket `new`, and no longer to `old`."""
        self._db.executemany("DELETE FROM reference WHERE value = ? AND ticket_id = ?", [(v, old) for v in values])
        self._db.executemany("INSERT OR IGNORE INTO reference VALUES (?, ?)", [(v, new) for v in values])

    def _numbers(self, table: str, ticket_id: int, condition: str, messages: str) -> list[Any]:
        sql = f"SELECT id FROM {table} WHERE ticket_id = :ticket AND ({condition}) ORDER BY id"
        return [row[0] for row in self._db.execute(sql, {"ticket": ticket_id, "messages": messages})]

    def _lists(self, sql: str, ticket_id: int, messages: str) -> list[Any]:
        return [list(row) for row in self._db.execute(sql, {"ticket": ticket_id, "messages": messages})]
