"""Where mail is on its server: what is fetched once, filed once, and marked there later."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from data.records.outbox import RemoteMail

_COLUMNS = "connector, mailbox, uidvalidity, uid, sha256, arrived_at, flags, modseq, ticket_id, gone"
_SELECT = f"SELECT {_COLUMNS} FROM remote_mail "
_KEY = "connector = ? AND mailbox = ? AND uidvalidity = ? AND uid = ?"


class Remote:
    """Reads and writes where mail is on its server, through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, mail: RemoteMail) -> None:
        """Remember where a mail is; a known mail is left unchanged."""
        self._db.execute(
            f"INSERT OR IGNORE INTO remote_mail ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_key(mail), mail.sha256, mail.arrived_at, _packed(mail.flags), mail.modseq, mail.ticket_id,
             int(mail.gone)),
        )  # fmt: skip

    def unfiled(self, connector: str, limit: int = 50) -> list[tuple[RemoteMail, bytes]]:
        """Return mail that is kept but belongs to no ticket yet, in the order in which it was kept, with its bytes."""
        sql = f"""SELECT {_COLUMNS}, raw.bytes FROM remote_mail JOIN raw USING (sha256)
            WHERE connector = ? AND ticket_id IS NULL ORDER BY raw.rowid, mailbox, uidvalidity, uid LIMIT ?"""
        return [(_mail(row[:-1]), bytes(row[-1])) for row in self._db.execute(sql, (connector, limit))]

    def newest_heads(self, connector: str, mailbox: str, limit: int) -> list[bytes]:
        """Return the first 64 KB of the newest mails of a mailbox, as they came."""
        sql = """SELECT substr(raw.bytes, 1, 65536) FROM remote_mail JOIN raw USING (sha256)
            WHERE connector = ? AND mailbox = ? ORDER BY uidvalidity DESC, uid DESC LIMIT ?"""
        return [bytes(row[0]) for row in self._db.execute(sql, (connector, mailbox, limit))]

    def link(self, mail: RemoteMail, ticket_id: int) -> None:
        """Say which ticket a mail was filed in."""
        self._db.execute(f"UPDATE remote_mail SET ticket_id = ? WHERE {_KEY}", (ticket_id, *_key(mail)))

    def of_ticket(self, ticket_id: int) -> list[RemoteMail]:
        """Return where a ticket's mails are, in the order of arrival."""
        sql = _SELECT + "WHERE ticket_id = ? ORDER BY arrived_at, uidvalidity, uid"
        return [_mail(row) for row in self._db.execute(sql, (ticket_id,))]

    def at(self, connector: str, mailbox: str, uidvalidity: int, uids: Iterable[int]) -> list[RemoteMail]:
        """Return what is known of some mails of a mailbox."""
        mails = []
        for uid in uids:
            row = self._db.execute(_SELECT + "WHERE " + _KEY, (connector, mailbox, uidvalidity, uid)).fetchone()
            mails += [_mail(row)] if row else []
        return mails

    def watched(self, connector: str, mailbox: str, uidvalidity: int, limit: int = 500) -> list[int]:
        """Return the UIDs of the newest mails whose tickets are not done with."""
        sql = """SELECT mail.uid FROM remote_mail mail JOIN ticket ON ticket.id = mail.ticket_id
            WHERE mail.connector = ? AND mail.mailbox = ? AND mail.uidvalidity = ? AND mail.gone = 0
                AND ticket.status NOT IN ('solved', 'closed', 'history') ORDER BY mail.uid DESC LIMIT ?"""
        return [row[0] for row in self._db.execute(sql, (connector, mailbox, uidvalidity, limit))]

    def flagged(self, mail: RemoteMail, flags: Iterable[str], modseq: int) -> None:
        """Remember the flags that a mail has on its server."""
        sql = f"UPDATE remote_mail SET flags = ?, modseq = max(modseq, ?) WHERE {_KEY}"
        self._db.execute(sql, (_packed(flags), modseq, *_key(mail)))

    def lost(self, connector: str, mailbox: str, uidvalidity: int, uids: Iterable[int]) -> None:
        """Note mails that were moved or deleted on the server."""
        keys = [(connector, mailbox, uidvalidity, uid) for uid in uids]
        self._db.executemany(f"UPDATE remote_mail SET gone = 1 WHERE {_KEY}", keys)

    def lost_before(self, connector: str, mailbox: str, uidvalidity: int) -> None:
        """Note that the mailbox was made again: UIDs of another validity mean nothing any more (RFC 3501, 2.3.1.1)."""
        sql = "UPDATE remote_mail SET gone = 1 WHERE connector = ? AND mailbox = ? AND uidvalidity <> ? AND gone = 0"
        self._db.execute(sql, (connector, mailbox, uidvalidity))


def _key(mail: RemoteMail) -> tuple[str, str, int, int]:
    return mail.connector, mail.mailbox, mail.uidvalidity, mail.uid


def _packed(flags: Iterable[str]) -> str:
    return " ".join(sorted(flags))


def _mail(row: Sequence[Any]) -> RemoteMail:
    values = list(row)
    values[6], values[9] = frozenset(row[6].split()), bool(row[9])
    return RemoteMail(*values)
