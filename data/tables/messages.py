"""Messages and the raw bytes that they were read from."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from data.records.changes import Answered
from data.records.messages import Attachment, Direction, Message, MessageKind, OwnReply, Sign
from data.search.search_index import insert_message
from data.tables.mentions import Mentions

_COLUMNS = (
    "id, ticket_id, direction, kind, from_name, from_address, subject, text, new_text, at, received_at, language, "
    "confidence, message_id, reply_to, raw_sha256, readable, macro, procedure, attachments, mixed, "
    "recipients, named_lane, signs, cc, moved_from, history"
)
_NAMES = tuple(_COLUMNS.split(", "))
_BEGINNINGS = " substr(text, 1, {most}), substr(new_text, 1, {most}),"
_UNANSWERED = """ticket_id = :ticket AND direction = 'in' AND kind NOT IN ('auto', 'rating') AND history = 0
    AND NOT EXISTS (SELECT 1 FROM reply WHERE reply.id > max(asked.id, asked.apart_to)
        AND (reply.raw_sha256 = '' OR reply.received_at >= asked.received_at))"""

IS_REPLY = "direction = 'out' AND kind IN ('mail', 'form', 'report') AND withdrawn = 0 AND history = 0"
"""A reply: what a person of the team wrote to the customer, wherever it was sent; the index `message_reply`."""
_DIRECTIONS = {str(direction): direction for direction in Direction}
_KINDS = {str(kind): kind for kind in MessageKind}
_TEXTS = ("text", "new_text")
LONG = 200_000
"""Bytes of a mail from which on its text may be long."""
LEAST_READ = 8_000
"""Bytes that are read of each text, however many are read of others."""


class Messages:
    """Reads and writes messages through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of(self, ticket_id: int, limit: int = 200, most: int = 0) -> list[Message]:
        """Return the newest `limit` messages of a ticket, oldest first; withdrawn ones are left out.

        They come as they were filed, and by time where some were moved here from another ticket. With `most`, no more
        than the first `most` characters of each text are read: enough to show a message, not to quote or send it.
        """
        columns = _COLUMNS.replace(" text, new_text,", _BEGINNINGS.format(most=int(most))) if most else _COLUMNS
        return _in_order([_message(row) for row in self._db.execute(_newest(columns), (ticket_id, limit))])

    def beginnings(self, ticket_id: int, limit: int, most: int) -> list[Message]:
        """Return what `of` does, but of long texts the beginnings: the newest up to `most` bytes in all, others short.

        A text that came in a long mail is not read to its end, as `substr` would; `unread` says what was left out.
        """
        long = f"coalesce((SELECT length(bytes) FROM raw WHERE sha256 = raw_sha256), 0) > {LONG}"
        columns = ", ".join(
            f"CASE WHEN {long} THEN NULL ELSE {name} END" if name in _TEXTS else name for name in _NAMES
        )
        messages: list[Message] = []
        for row in self._db.execute(_newest(columns), (ticket_id, limit)).fetchall():
            if row[_NAMES.index(_TEXTS[0])] is None:
                message = _message([value if value is not None else "" for value in row])
                read, size = self._beginning(message.id, "text", max(LEAST_READ, most))
                new, new_size = self._beginning(message.id, "new_text", max(LEAST_READ, most))
                most -= max(len(read), len(new))
                left_out = max(size - len(read), new_size - len(new))
                texts = (read.decode(errors="ignore"), new.decode(errors="ignore"))
                messages.append(replace(message, text=texts[0], new_text=texts[1], unread=left_out))
            else:
                messages.append(_message(row))
        return _in_order(messages)

    def _beginning(self, message_id: int, column: str, most: int) -> tuple[bytes, int]:
        """Return the first bytes of a text, and how many it has."""
        with self._db.blobopen("message", column, message_id, readonly=True) as text:
            text.seek(0, os.SEEK_END)
            size = text.tell()
            text.seek(0)
            return text.read(min(most, size)), size

    def get(self, message_id: int) -> Message | None:
        """Return a message that was not withdrawn."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM message WHERE id = ? AND withdrawn = 0", (message_id,)
        ).fetchone()
        return _message(row) if row else None

    def each(self, *, start: int = 0) -> Iterator[Message]:
        """Yield every message by number, from `start` on, for exports."""
        for row in self._db.execute(
            f"SELECT {_COLUMNS} FROM message WHERE id >= ? AND withdrawn = 0 ORDER BY id", (start,)
        ):
            yield _message(row)

    def each_with_raw(self) -> Iterator[tuple[Message, bytes | None]]:
        """Yield every message by number, with what `raw` returns for it."""
        sql = f"""SELECT {_COLUMNS}, (SELECT bytes FROM raw WHERE sha256 = raw_sha256) FROM message
            WHERE withdrawn = 0 ORDER BY id"""
        for *row, raw in self._db.execute(sql):
            yield _message(row), raw or None

    def opening(self, ticket_id: int) -> Message | None:
        """Return the message that opened the ticket, the one that routing looked at; None if it was not incoming.

        A message that was moved here counts only if there is no other.
        """
        sql = f"""SELECT {_COLUMNS} FROM message WHERE ticket_id = ? AND direction <> 'note'
            ORDER BY moved_from <> 0, id LIMIT 1"""
        row = self._db.execute(sql, (ticket_id,)).fetchone()
        message = _message(row) if row else None
        return message if message is not None and message.direction is Direction.IN else None

    def with_cc(self, ticket_id: int) -> list[Message]:
        """Return the ticket's messages from outside that have a Cc, oldest first; notes do not count."""
        sql = f"""SELECT {_COLUMNS} FROM message WHERE ticket_id = ? AND cc <> '[]' AND withdrawn = 0
            AND (direction = 'in' OR (direction = 'out' AND raw_sha256 <> '')) ORDER BY id"""
        return [_message(row) for row in self._db.execute(sql, (ticket_id,))]

    def newest_sent(self, limit: int) -> list[str]:
        """Return the texts of our newest messages, looked for among the newest 20,000 of all."""
        sql = """SELECT text FROM message WHERE id > (SELECT max(id) FROM message) - 20000
            AND direction = 'out' AND withdrawn = 0 ORDER BY id DESC LIMIT ?"""
        return [row[0] for row in self._db.execute(sql, (limit,))]

    def sent_to(self, customer_id: int, limit: int) -> list[str]:
        """Return the texts of our newest messages in the customer's newest `limit` tickets."""
        sql = """SELECT text FROM message WHERE direction = 'out' AND withdrawn = 0 AND ticket_id IN
            (SELECT id FROM ticket WHERE customer_id = :customer ORDER BY id DESC LIMIT :limit)
            ORDER BY id DESC LIMIT :limit"""
        return [row[0] for row in self._db.execute(sql, {"customer": customer_id, "limit": limit})]

    def last_times(self, ticket_id: int) -> tuple[int | None, int | None]:
        """Return when the oldest message came that we have not answered, and when we last replied.

        A reply from here answers all that is filed by then. One that was sent elsewhere (it has raw bytes) may be filed
        late: it answers nothing that came after it was sent. Messages of history do not count.
        """
        sql = f"""WITH reply AS (SELECT id, received_at, raw_sha256 FROM message
                WHERE ticket_id = :ticket AND {IS_REPLY})
            SELECT (SELECT min(received_at) FROM message asked WHERE {_UNANSWERED}),
                (SELECT max(received_at) FROM reply)"""
        row = self._db.execute(sql, {"ticket": ticket_id}).fetchone()
        return row[0], row[1]

    def unanswered(self, ticket_id: int) -> list[int]:
        """Return the numbers of the incoming messages that wait for an answer."""
        sql = f"""WITH reply AS (SELECT id, received_at, raw_sha256 FROM message
                WHERE ticket_id = :ticket AND {IS_REPLY})
            SELECT id FROM message asked WHERE {_UNANSWERED} ORDER BY id"""
        return [row[0] for row in self._db.execute(sql, {"ticket": ticket_id})]

    def latest_from_outside(self, ticket_id: int, most: int) -> tuple[int, str] | None:
        """Return number and beginning of the newest message that a person outside wrote, `most` characters of it."""
        sql = """SELECT id, substr(new_text, 1, ?) FROM message WHERE ticket_id = ? AND direction = 'in'
            AND withdrawn = 0 AND kind NOT IN ('auto', 'bounce', 'rating') ORDER BY id DESC LIMIT 1"""
        row = self._db.execute(sql, (most, ticket_id)).fetchone()
        return (row[0], row[1]) if row else None

    def newest(self) -> int:
        """Return the highest number of a message, 0 if there is none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0])

    def begins(self, ticket_id: int, most: int = 400) -> str:
        """Return the beginning of the ticket's newest incoming message, `most` bytes of it, however long it is."""
        sql = """SELECT id, new_text <> '' FROM message WHERE ticket_id = ? AND direction = 'in' AND withdrawn = 0
            ORDER BY id DESC LIMIT 1"""
        row = self._db.execute(sql, (ticket_id,)).fetchone()
        if row is None:
            return ""
        # a long text is not read to the end, as `substr` would
        with self._db.blobopen("message", "new_text" if row[1] else "text", row[0], readonly=True) as text:
            return text.read(most).decode(errors="ignore")

    def newest_of(self, ticket_id: int) -> int:
        """Return the highest number of a message of the ticket, 0 if it has none."""
        sql = "SELECT coalesce(max(id), 0) FROM message WHERE ticket_id = ? AND withdrawn = 0"
        return int(self._db.execute(sql, (ticket_id,)).fetchone()[0])

    def set_apart(self, message_id: int, upto: int) -> int:
        """Let messages up to a number neither answer nor overtake this one; return the number before."""
        (before,) = self._db.execute("SELECT apart_to FROM message WHERE id = ?", (message_id,)).fetchone()
        self._db.execute("UPDATE message SET apart_to = ? WHERE id = ?", (upto, message_id))
        return int(before)

    def replies(self, ticket_ids: Collection[int], until: int) -> dict[int, list[tuple[int, str, str]]]:
        """Return moment, author and macro of the replies before `until` on these tickets, oldest first."""
        sql = f"""SELECT ticket_id, received_at, coalesce(nullif(from_name, ''), from_address), macro FROM message
            WHERE ticket_id IN (SELECT value FROM json_each(?)) AND received_at < ? AND {IS_REPLY}
            ORDER BY ticket_id, received_at, id"""
        by_ticket: dict[int, list[tuple[int, str, str]]] = {}
        for ticket_id, at, author, macro in self._db.execute(sql, (json.dumps(list(ticket_ids)), until)):
            by_ticket.setdefault(ticket_id, []).append((at, author, macro))
        return by_ticket

    def count_replies(self, ticket_id: int) -> tuple[int, int | None]:
        """Return how many replies a ticket has, and when the first was given."""
        sql = f"SELECT count(*), min(received_at) FROM message WHERE ticket_id = ? AND {IS_REPLY}"
        row = self._db.execute(sql, (ticket_id,)).fetchone()
        return row[0], row[1]

    def answered(self, limit: int) -> list[Answered]:
        """Return the newest `limit` macro replies that were not undone, oldest first, with what they answer."""
        sql = """SELECT reply.id, reply.macro, reply.language, ticket.subject, asked.new_text FROM message reply
            JOIN ticket ON ticket.id = reply.ticket_id
            JOIN message asked ON asked.id = (SELECT max(id) FROM message WHERE ticket_id = reply.ticket_id
                AND id < reply.id AND direction = 'in' AND kind NOT IN ('auto', 'bounce', 'rating') AND withdrawn = 0)
            WHERE reply.macro <> '' AND reply.direction = 'out' AND reply.withdrawn = 0
            ORDER BY reply.id DESC LIMIT ?"""
        return [Answered(*row) for row in self._db.execute(sql, (limit,))][::-1]

    def own_replies(self, agent: str, limit: int) -> list[OwnReply]:
        """Return the newest `limit` replies that an agent sent and that were not undone, newest first."""
        sql = """SELECT reply.id, reply.ticket_id, reply.at, reply.macro, reply.language, reply.text, customer.name
            FROM message reply JOIN ticket ON ticket.id = reply.ticket_id
            JOIN customer ON customer.id = ticket.customer_id
            WHERE reply.direction = 'out' AND reply.withdrawn = 0 AND reply.from_name = ?
            ORDER BY reply.id DESC LIMIT ?"""
        return [OwnReply(*row) for row in self._db.execute(sql, (agent, limit))]

    def took_part(self, ticket_id: int, address: str) -> bool:
        """Return whether a message of the ticket came from this address; notes, other teams' too, do not count."""
        sql = """SELECT 1 FROM message
            WHERE ticket_id = ? AND from_address = ? AND from_address <> '' AND direction <> 'note' LIMIT 1"""
        return self._db.execute(sql, (ticket_id, address)).fetchone() is not None

    def was_written_to(self, ticket_id: int, address: str) -> bool:
        """Return whether we wrote to this address about the ticket; mails to other teams do not count."""
        sql = """SELECT 1 FROM message m LEFT JOIN outbox o ON o.ticket_id = m.ticket_id AND o.message_id = m.message_id
            WHERE m.ticket_id = :ticket AND m.direction = 'out' AND m.withdrawn = 0 AND (lower(o.recipient) = :address
                OR EXISTS (SELECT 1 FROM json_each(m.recipients) WHERE value = :address)
                OR EXISTS (SELECT 1 FROM json_each(m.cc) WHERE value = :address)) LIMIT 1"""
        given = {"ticket": ticket_id, "address": address}
        return bool(address) and self._db.execute(sql, given).fetchone() is not None

    def was_named_at_first(self, ticket_id: int, address: str) -> bool:
        """Return whether the first message of a conversation that was merged or moved here went to this address too."""
        sql = """SELECT 1 FROM message WHERE direction = 'in' AND EXISTS
                (SELECT 1 FROM json_each(recipients) WHERE value = :address)
            AND id IN (SELECT min(id) FROM message WHERE ticket_id = :ticket AND direction <> 'note'
                AND moved_from <> 0 GROUP BY moved_from) LIMIT 1"""
        given = {"ticket": ticket_id, "address": address}
        return bool(address) and self._db.execute(sql, given).fetchone() is not None

    def bears(self, ticket_id: int, message_id: str) -> bool:
        """Return whether an incoming message of the ticket carries this Message-ID."""
        sql = "SELECT 1 FROM message WHERE ticket_id = ? AND message_id = ? AND direction = 'in' LIMIT 1"
        return self._db.execute(sql, (ticket_id, message_id)).fetchone() is not None

    def answered_by_newer(self, ticket_id: int, message_id: str, cleared: int = 0) -> str:
        """Return the direction of a message that came after our own with this Message-ID, the empty string for none.

        `in` is the customer's, `out` another agent's. Messages up to the number `cleared` do not count.
        """
        sql = """SELECT newer.direction FROM message own
            JOIN message newer ON newer.ticket_id = own.ticket_id AND newer.id > max(own.id, own.apart_to, ?)
            WHERE own.ticket_id = ? AND own.message_id = ? AND own.direction = 'out' AND newer.withdrawn = 0
                AND newer.kind NOT IN ('auto', 'bounce', 'rating')
                AND (newer.direction = 'in' OR (newer.direction = 'out' AND newer.raw_sha256 <> ''))
            ORDER BY newer.id LIMIT 1"""
        row = self._db.execute(sql, (cleared, ticket_id, message_id)).fetchone()
        return str(row[0]) if row else ""

    def sent_by_us(self, ticket_id: int, message_id: str) -> Message | None:
        """Return our own message of the ticket that carries this Message-ID, withdrawn or not."""
        sql = f"SELECT {_COLUMNS} FROM message WHERE ticket_id = ? AND message_id = ? AND direction = 'out' LIMIT 1"
        row = self._db.execute(sql, (ticket_id, message_id)).fetchone()
        return _message(row) if row else None

    def insert(self, message: Message, *, content_hash: str = "") -> int:
        """Store a message with its full text (its `id` 0: the store gives one) and return its number."""
        row = {name: getattr(message, name) for name in _NAMES}
        row |= {
            "id": message.id or None,
            "readable": int(message.readable),
            "history": int(message.history),
            "attachments": json.dumps([asdict(part) for part in message.attachments], ensure_ascii=False),
            "recipients": json.dumps(message.recipients, ensure_ascii=False),
            "cc": json.dumps(message.cc, ensure_ascii=False),
            "signs": json.dumps([asdict(sign) for sign in message.signs], ensure_ascii=False),
            "content_hash": content_hash,
        }
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        cursor = self._db.execute(f"INSERT INTO message ({names}) VALUES ({marks})", row)
        number = int(cursor.lastrowid or message.id)
        insert_message(self._db, number, message)
        if message.direction is Direction.NOTE and not message.history:
            Mentions(self._db).note(number, message.text)
        if message.raw_sha256:
            self._db.execute("UPDATE raw SET filed = 1 WHERE sha256 = ?", (message.raw_sha256,))
        return number

    def withdraw(self, message_id: int, withdrawn: bool) -> None:
        """Take a message out of its conversation, or put it back; its row stays."""
        self._db.execute("UPDATE message SET withdrawn = ? WHERE id = ?", (int(withdrawn), message_id))

    def ticket_of_content(self, content_hash: str) -> int | None:
        """Return the ticket that already holds this very message."""
        sql = "SELECT ticket_id FROM message WHERE content_hash = ? AND content_hash <> '' LIMIT 1"
        row = self._db.execute(sql, (content_hash,)).fetchone()
        return int(row[0]) if row else None

    def of_content(self, content_hash: str) -> int | None:
        """Return the number of this very message."""
        sql = "SELECT id FROM message WHERE content_hash = ? AND content_hash <> '' ORDER BY id LIMIT 1"
        row = self._db.execute(sql, (content_hash,)).fetchone()
        return int(row[0]) if row else None

    def content_of(self, message_id: int) -> str:
        """Return what a message is known by outside, empty if it is not."""
        row = self._db.execute("SELECT content_hash FROM message WHERE id = ?", (message_id,)).fetchone()
        return str(row[0]) if row else ""

    def identify(self, message_id: int, content_hash: str) -> None:
        """Note what a message of ours is known by outside, so that it is recognised when it comes back."""
        self._db.execute("UPDATE message SET content_hash = ? WHERE id = ?", (content_hash, message_id))

    def is_outside(self, message_id: int) -> bool:
        """Return whether a message came from outside or was seen there."""
        row = self._db.execute("SELECT content_hash FROM message WHERE id = ?", (message_id,)).fetchone()
        return bool(row and row[0])

    def unsent_notes(self, ticket_id: int) -> list[Message]:
        """Return the notes of a ticket that were written here and not yet seen outside."""
        sql = f"""SELECT {_COLUMNS} FROM message WHERE ticket_id = ? AND direction = 'note' AND withdrawn = 0
            AND raw_sha256 = '' AND content_hash = '' ORDER BY id"""
        return [_message(row) for row in self._db.execute(sql, (ticket_id,))]

    def refer(self, ticket_id: int, values: Sequence[str]) -> None:
        """Remember the Message-IDs that a ticket's messages carry or answer."""
        self._db.executemany("INSERT OR IGNORE INTO reference VALUES (?, ?)", [(value, ticket_id) for value in values])

    def tickets_referring(self, values: Sequence[str]) -> list[int]:
        """Return the tickets whose messages carry or answer one of these Message-IDs, in the order of `values`."""
        if not values:
            return []
        sql = """SELECT value, ticket_id FROM reference WHERE value IN (SELECT value FROM json_each(?))
            ORDER BY value, ticket_id"""
        by_value: dict[str, list[int]] = {}
        for value, ticket_id in self._db.execute(sql, (json.dumps(values),)):
            by_value.setdefault(value, []).append(ticket_id)
        return list(dict.fromkeys(ticket_id for value in values for ticket_id in by_value.get(value, ())))

    def keep_raw(self, raw: bytes, source: str, at: int) -> str:
        """Store the bytes as they came, before anything reads them, and return their SHA-256 in hex."""
        digest = hashlib.sha256(raw).hexdigest()
        self._db.execute(
            "INSERT OR IGNORE INTO raw (sha256, source, kept_at, bytes) VALUES (?, ?, ?, ?)", (digest, source, at, raw)
        )
        return digest

    def file_raw(self, sha256: str) -> None:
        """Mark raw bytes as dealt with, for a duplicate that makes no message of its own."""
        self._db.execute("UPDATE raw SET filed = 1 WHERE sha256 = ?", (sha256,))

    def raw(self, sha256: str) -> bytes | None:
        """Return the bytes that a message was read from; None if they are not kept, or were erased."""
        row = self._db.execute("SELECT bytes FROM raw WHERE sha256 = ?", (sha256,)).fetchone()
        return bytes(row[0]) or None if row else None

    def unread_raws(self, limit: int = 200) -> list[tuple[str, str, bytes]]:
        """Return stored bytes that have not become a message yet, as after a crash: SHA-256, source, bytes."""
        # what is in a mailbox too is taken up by its account
        sql = """SELECT sha256, source, bytes FROM raw WHERE filed = 0
            AND NOT EXISTS (SELECT 1 FROM remote_mail r WHERE r.sha256 = raw.sha256) ORDER BY kept_at, rowid LIMIT ?"""
        return [(row[0], row[1], bytes(row[2])) for row in self._db.execute(sql, (limit,))]


def _newest(columns: str) -> str:
    return f"SELECT {columns} FROM message WHERE ticket_id = ? AND withdrawn = 0 ORDER BY id DESC LIMIT ?"


def _in_order(messages: list[Message]) -> list[Message]:
    """Return messages that are newest first as they were filed, by time where some were moved here."""
    messages.reverse()
    if any(message.moved_from for message in messages):
        messages.sort(key=lambda message: (message.received_at, message.id))
    return messages


def _message(row: Sequence[Any]) -> Message:
    values = dict(zip(_NAMES, row, strict=True))
    values["direction"] = _DIRECTIONS[values["direction"]]
    values["kind"] = _KINDS[values["kind"]]
    values["readable"] = bool(values["readable"])
    values["history"] = bool(values["history"])
    values["attachments"] = tuple(Attachment(**part) for part in _list(values["attachments"]))
    values["recipients"] = tuple(_list(values["recipients"]))
    values["cc"] = tuple(_list(values["cc"]))
    values["signs"] = tuple(Sign(**sign) for sign in _list(values["signs"]))
    return Message(**values)


def _list(packed: str) -> Any:
    return () if packed == "[]" else json.loads(packed)
