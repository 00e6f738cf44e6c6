"""A mailbox on an IMAP server: a thin typed face over IMAPClient, with the commands that it lacks.

Sources: RFC 3501 (IMAP), 7162 (CONDSTORE, QRESYNC), 2177 (IDLE), 6154 (special folders), 4315 (UIDPLUS).
"""

from __future__ import annotations

import select
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any

from imapclient.exceptions import IMAPClientError
from imapclient.response_parser import parse_fetch_response

from queues.accounts.mail_account import Account
from queues.connectors.imap_answers import KEYWORD, Fetched, Flags, Selected, Stock, flags_of, modseq_of, uid_set
from queues.connectors.imap_login import logged_in
from queues.connectors.mail_faults import TIMEOUT, mapped_errors
from queues.connectors.pulse import Pulse

GROUP_BYTES = 8 * 1024 * 1024
"""How much is fetched in one answer; a larger message comes alone."""
GROUP_COUNT = 100
FEW = 3
"""So many messages are fetched without asking for their sizes first."""
_OLDEST_AMONG = 500
"""The oldest mail is looked for among so many of the lowest UIDs: a mailbox is rarely in another order."""
_PIECE = 65_536
_NEWS = ("EXISTS", "EXPUNGE", "FETCH", "VANISHED")


class Mailbox:
    """An open, logged-in connection. Every method raises ConnectorError if the server cannot do it."""

    def __init__(self, account: Account, secret: str, pulse: Pulse | None = None) -> None:
        """`pulse` is told when the server owes an answer, and when it is heard."""
        self._account, self._pulse = account, pulse or Pulse()
        self._idling = False
        self._qresync = False
        with self._mapped_errors():
            self._client = logged_in(account, secret)
            self._listen()
        self.condstore = self.offers("CONDSTORE") or self.offers("QRESYNC")
        self.idles = self.offers("IDLE")

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _imap(self) -> Any:
        """imaplib's connection below IMAPClient, which has no public name for it.

        It is needed where IMAPClient has no command (flags by a mod-sequence, VANISHED, MODIFIED), and in IDLE: its
        own `idle` fails when the server sends news first, and its `idle_check` does not see lines already read.
        """
        return self._client._imap

    @contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        with mapped_errors(self._account, self._account.imap), self._pulse.waiting():
            yield

    def _listen(self) -> None:
        """Note each line, and each piece of a long one, as it comes; imaplib lets both methods be replaced."""
        imap, pulse = self._imap, self._pulse
        read, readline = imap.read, imap.readline

        def read_in_pieces(size: int) -> bytes:
            pieces, wanted = [], size
            while wanted > 0 and (piece := read(min(wanted, _PIECE))):
                pulse.heard()
                pieces.append(piece)
                wanted -= len(piece)
            return b"".join(pieces)

        def read_line() -> bytes:
            line: bytes = readline()
            pulse.heard()
            return line

        imap.read, imap.readline = read_in_pieces, read_line

    def offers(self, capability: str) -> bool:
        """Return whether the server has an extension."""
        with self._mapped_errors():
            return bool(self._client.has_capability(capability))

    def select(self, mailbox: str) -> Selected:
        """Open a mailbox."""
        with self._mapped_errors():
            if self.offers("QRESYNC") and not self._qresync:
                self._qresync = bool(self._client.enable("QRESYNC"))
            result = self._client.select_folder(mailbox)
        return Selected(
            int(result.get(b"UIDVALIDITY", 0)),
            int(result.get(b"UIDNEXT", 0)),
            int(result.get(b"HIGHESTMODSEQ", 0)),
            b"\\*" in b" ".join(result.get(b"PERMANENTFLAGS", ())),
        )

    def stock(self, mailbox: str) -> Stock:
        """Return how much mail a mailbox holds. Opens it, to read."""
        with self._mapped_errors():
            result = self._client.select_folder(mailbox, readonly=True)
            uids = sorted(self._client.search("ALL"))
            unanswered = len(self._client.search("UNANSWERED")) if uids else 0
            known = [flag.decode("ascii", "replace") for flag in result.get(b"FLAGS", ())]
            marked: list[int] = []
            for flag in (flag for flag in known if flag.lower().startswith(KEYWORD)):
                marked += self._client.search(["KEYWORD", flag])[:1]
            oldest, shared = self._oldest(uids[:_OLDEST_AMONG]), self._oldest(marked)
        return Stock(len(uids), unanswered, oldest, shared, int(result.get(b"UIDVALIDITY", 0)), uids[-1] if uids else 0)

    def _oldest(self, uids: Sequence[int]) -> int:
        """Return when the first of some mails arrived, 0 if there are none."""
        self._client.normalise_times = False
        rows = self._client.fetch(list(uids), ["INTERNALDATE"]).values() if uids else ()
        return min((int(row[b"INTERNALDATE"].timestamp()) for row in rows if row.get(b"INTERNALDATE")), default=0)

    def uids_after(self, uid: int, since: date | None = None) -> list[int]:
        """Return the UIDs above this one, ascending."""
        criteria: list[Any] = ["UID", f"{uid + 1}:*"]
        if since is not None:
            criteria += ["SINCE", since]
        with self._mapped_errors():
            # `n:*` always includes the last message, even if its UID is below n
            return sorted(int(row) for row in self._client.search(criteria) if row > uid)

    def fetch(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """Yield messages in groups that fit into memory, UIDs ascending; nothing is marked as seen."""
        items = ["RFC822.SIZE"]
        for start in range(0, len(uids), GROUP_COUNT):
            part = uids[start : start + GROUP_COUNT]
            if len(part) <= FEW:  # what has just come is there one question sooner
                yield self._bodies(part)
                return
            with self._mapped_errors():
                sizes = {uid: int(row.get(b"RFC822.SIZE", 0)) for uid, row in self._client.fetch(part, items).items()}
            for group in _groups([uid for uid in part if uid in sizes], sizes):
                yield self._bodies(group)

    def _bodies(self, uids: Sequence[int]) -> list[Fetched]:
        items = ["BODY.PEEK[]", "INTERNALDATE", "FLAGS", *(["MODSEQ"] if self.condstore else [])]
        with self._mapped_errors():
            self._client.normalise_times = False
            rows = self._client.fetch(uids, items)
        mails = []
        for uid in sorted(rows):
            row = rows[uid]
            if row.get(b"BODY[]") is not None:  # None: it was expunged between the two questions
                arrived = row.get(b"INTERNALDATE")
                at = int(arrived.timestamp()) if arrived is not None else 0
                mails.append(Fetched(uid, row[b"BODY[]"], at, flags_of(row), modseq_of(row)))
        return mails

    def flags(self, uids: Sequence[int]) -> list[Flags]:
        """Return the flags of messages; those that are gone are left out."""
        if not uids:
            return []
        with self._mapped_errors():
            rows = self._client.fetch(list(uids), ["FLAGS", *(["MODSEQ"] if self.condstore else [])])
        return [Flags(uid, flags_of(row), modseq_of(row)) for uid, row in sorted(rows.items()) if b"FLAGS" in row]

    def changes_since(self, modseq: int) -> tuple[list[Flags], list[int]]:
        """Return what changed after a mod-sequence, and which UIDs vanished (RFC 7162, 3.2.6; only with QRESYNC)."""
        vanished = " VANISHED" if self._qresync else ""
        with self._mapped_errors():
            imap = self._imap
            imap.untagged_responses.pop("VANISHED", None)
            answer = imap.uid("FETCH", "1:*", "(FLAGS)", f"(CHANGEDSINCE {modseq}{vanished})")
            gone = imap.untagged_responses.pop("VANISHED", None) or []
            rows = self._rows(*answer)
        flags = [Flags(uid, flags_of(row), modseq_of(row)) for uid, row in sorted(rows.items()) if b"FLAGS" in row]
        return flags, [uid for line in gone if isinstance(line, bytes) for uid in uid_set(line)]

    def mark(self, uid: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Set and take away flags, whatever the message has now."""
        for sign, flags in (("+", tuple(add)), ("-", tuple(remove))):
            if flags:
                self._store(str(uid), f"{sign}FLAGS.SILENT", flags)

    def mark_unchanged(self, uid: int, modseq: int, *, add: Iterable[str]) -> int:
        """Set flags only if nothing changed since `modseq`: the new mod-sequence, 0 if someone was first.

        The server says OK in both cases (RFC 7162, 3.1.3): only its MODIFIED shows a refusal.
        """
        with self._mapped_errors():
            imap = self._imap
            imap.untagged_responses.pop("MODIFIED", None)
            answer = imap.uid("STORE", str(uid), f"(UNCHANGEDSINCE {modseq})", "+FLAGS.SILENT", _listed(add))
            modified = imap.untagged_responses.pop("MODIFIED", None)
            if modified:
                return 0
            rows = self._rows(*answer)
        return modseq_of(rows.get(uid, {})) or modseq + 1

    def _store(self, uids: str, what: str, flags: Iterable[str]) -> None:
        with self._mapped_errors():
            self._rows(*self._imap.uid("STORE", uids, what, _listed(flags)))

    def _rows(self, kind: str, data: Any) -> dict[int, Any]:
        if kind != "OK":
            raise IMAPClientError(str(data[0] if data else kind))
        parsed: dict[int, Any] = parse_fetch_response(data) if data and data[0] is not None else {}
        return parsed

    def thread_headers(self, uids: Sequence[int]) -> dict[int, str]:
        """Return the header lines that name a mail and what it answers, for each UID that is there."""
        results: dict[int, str] = {}
        for start in range(0, len(uids), GROUP_COUNT):
            with self._mapped_errors():
                rows = self._client.fetch(
                    uids[start : start + GROUP_COUNT],
                    ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)]"],
                )
            for uid, row in rows.items():
                lines = next((value for key, value in row.items() if key.startswith(b"BODY[HEADER")), b"")
                results[uid] = lines.decode("utf-8", "replace")
        return results

    def special(self, role: bytes) -> str:
        """Return the folder that the server marks with a role such as `\\Sent`, or the empty string."""
        with self._mapped_errors():
            return str(self._client.find_special_folder(role) or "")

    def has_message(self, folder: str, message_id: str) -> bool:
        """Return whether a folder holds a mail with this Message-ID. Opens that folder."""
        with self._mapped_errors():
            self._client.select_folder(folder, readonly=True)
            return bool(self._client.search(["HEADER", "Message-ID", message_id]))

    def append(self, folder: str, raw: bytes, at: int) -> None:
        """Put a mail into a folder, as seen."""
        with self._mapped_errors():
            self._client.append(folder, raw, ["\\Seen"], datetime.fromtimestamp(at, UTC))

    def wait(self, seconds: float) -> bool:
        """Wait for news from the server; call it again to go on waiting, and `stop_waiting` to end."""
        with self._mapped_errors():
            if not self._idling and self._begin_idle():
                return True
            lines = self._idle_lines()
            if not lines and select.select([self._client.socket()], [], [], seconds)[0]:
                lines = self._idle_lines()
            return any(kind.encode() in line for line in lines for kind in _NEWS)

    def _begin_idle(self) -> bool:
        """Begin to wait, unless there is news already; return whether there is."""
        if self._has_news():
            return True
        imap = self._imap
        tag = self._client._idle_tag = imap._command("IDLE")  # the tag that `idle_done` waits for
        # the server may speak of news before it says that it waits
        while imap._get_response() is not None:
            if imap.tagged_commands.get(tag):
                raise IMAPClientError("IDLE refused")
        self._idling = True
        return self._has_news()

    def _idle_lines(self) -> list[bytes]:
        """Return what the server has said by now. Lines may already be in the buffer, where `select` sees nothing."""
        imap, sock = self._imap, self._client.socket()
        lines: list[bytes] = []
        while True:
            sock.setblocking(False)
            try:
                ready = imap.file.peek(1)
            except (ssl.SSLWantReadError, BlockingIOError):
                return lines
            finally:
                sock.settimeout(TIMEOUT)
            if not ready:
                raise ConnectionResetError("closed while waiting")
            lines.append(imap._get_line())

    def _has_news(self) -> bool:
        """Return whether the server announced news in answers to other commands; it will not repeat that."""
        said = self._imap.untagged_responses
        return bool([kind for kind in _NEWS if said.pop(kind, None) is not None])

    def stop_waiting(self) -> bool:
        """End a wait, so that other commands may be given; return whether there was news on the way."""
        if not self._idling:
            return False
        self._idling = False
        with self._mapped_errors():
            _, said = self._client.idle_done()
        return any(kind.encode() in line for line in said for kind in _NEWS)

    def poll(self) -> None:
        """Ask the server whether there is anything new."""
        with self._mapped_errors():
            self._client.noop()

    def close(self) -> None:
        """Log out as politely as the connection allows."""
        try:
            if not self._idling:
                self._client.socket().settimeout(2)
                self._client.logout()
                return
        except (OSError, IMAPClientError):
            pass
        with suppress(OSError, IMAPClientError):
            self._client.shutdown()


def _groups(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Cut UIDs into runs of at most `GROUP_BYTES`."""
    group: list[int] = []
    size = 0
    for uid in uids:
        if group and size + sizes[uid] > GROUP_BYTES:
            yield group
            group, size = [], 0
        group.append(uid)
        size += sizes[uid]
    if group:
        yield group


def _listed(flags: Iterable[str]) -> str:
    return f"({' '.join(flags)})"
