"""Request Tracker 5 over REST2: its transactions are the feed, `take` is the claim, `correspond` is the reply.

Seen with RT 5.0.3: 200 does not mean done, so every change is read back; `correspond` refuses whatever If-Match names a
version, so the ticket is read again before a reply leaves; a request with If-Modified-Since fails. The content type
of a message keeps parameters that RT does not know, which is where our mark is.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from data.errors import ConnectorError, UnreachableError
from data.records.messages import Direction
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.tls import context
from queues.connectors.web import Answer, NotFoundError, Offer, StaleError, WebClient
from queues.connectors.web_system import SecretOf, WebSystem
from queues.mail.headers import words

AT_ONCE = 100
OVERLAP = 20
"""How far a page reaches back: numbers are given out before they can be seen, so a lower one may come later."""
LARGEST_FILE = 10_000_000
_NOBODY = "Nobody"
_HEARD = ("Create", "Correspond", "Comment")
_TAKES = frozenset({"Status", "Owner", "Set", "Take", "Untake", "Steal", "Give", "SetWatcher", "CustomField"})
_MARK = re.compile(r'x-tridesk="?([^";\s]+)')
_TOKEN = re.compile(r"\d+-(\d+)-[0-9a-f]+")
_MAIL_ID = re.compile(r"(?mi)^Message-ID:\s*(<[^<>\s]+>)")
_FROM = re.compile(r"(?mi)^From:\s*(.+)$")
_FIELDS = "Subject,Status,Owner,Queue,Requestor,Cc,CustomFields"
_PEOPLE = {"fields[Owner]": "Name", "fields[Queue]": "Name", "fields[Requestor]": "EmailAddress,RealName",
           "fields[Cc]": "EmailAddress"}  # fmt: skip


class RequestTracker(WebSystem):
    """One Request Tracker, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS, Capability.OWNER,
         Capability.FIELDS, Capability.ATTACHMENTS}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, token: SecretOf) -> None:
        """Take the settings and where the token is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._token = tracker, tracker.connector, token
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(f"{tracker.url}/REST/2.0", context=tls, per_minute=tracker.requests)
        self._me = tracker.user
        self._read: set[int] = set()

    def me(self) -> str:
        """Return the name that we have there: a token carries its user's number."""
        if not self._me:
            owner = _TOKEN.fullmatch(self._token(self.tracker))
            if owner is None:
                raise ConnectorError("Unknown user", f"The token of {self.name} does not say whose it is; set `user`.")
            self._me = str(_dict(self._get(f"user/{owner[1]}")).get("Name", ""))
        return self._me

    def check(self) -> str:
        """Ask for the version, our name and the queues. Raises ConnectorError with what is wrong."""
        version = str(_dict(self._get("rt")).get("Version", ""))
        if not version.startswith("5"):
            raise ConnectorError(
                "Not RT 5", f"{self.web.place} is not a Request Tracker 5 ({version or 'no version'})."
            )
        me = self.me()
        queues = {str(row.get("Name")) for row in self._pages("queues/all", {"fields": "Name"})}
        missing = sorted(set(self.tracker.queues) - queues)
        if missing:
            raise ConnectorError(
                "No such queue",
                f"{self.web.place} has no queue {missing[0]!r} that {me} can see; it has {', '.join(sorted(queues))}.",
            )
        count = len(self.tracker.queues) or len(queues)
        used = f"{self.requests} of {self.tracker.requests} requests a minute"
        return f"RT {version.partition('+')[0]}, as {me}, {count} {'queue' if count == 1 else 'queues'}, {used}"

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return a page of what happened after the cursor: three requests, or one if nothing happened."""
        return self._after(int(cursor or 0))

    def look(self, ref: str, filed: Filed) -> None:
        """Return None: transactions are never reported late."""

    def _after(self, cursor: int) -> Batch:
        conditions = [f"ObjectType='RT::Ticket' AND id > {max(cursor - OVERLAP, 0)}",
                      "(" + " OR ".join(f"Type='{name}'" for name in (*_HEARD, *sorted(_TAKES))) + ")"]  # fmt: skip
        if self.tracker.since:
            conditions.append(f"Created >= '{self.tracker.since.isoformat()}'")
        query = {"query": " AND ".join(conditions), "orderby": "id", "order": "ASC", "per_page": str(AT_ONCE),
                 "fields": "Type,ObjectId,Created,Creator,Field"}  # fmt: skip
        transactions = _items(self._get("transactions", query))
        fresh = [transaction for transaction in transactions if int(transaction["id"]) > cursor]
        heard = [
            transaction
            for transaction in transactions
            if transaction.get("Type") in _HEARD
            and (int(transaction["id"]) > cursor or int(transaction["id"]) not in self._read)
        ]
        tickets = self._tickets({str(transaction["ObjectId"]) for transaction in (*fresh, *heard)})
        parts = self._parts(
            [int(transaction["id"]) for transaction in heard if str(transaction["ObjectId"]) in tickets]
        )
        messages = [
            self._happened(transaction, tickets[str(transaction["ObjectId"])], parts.get(int(transaction["id"]), []))
            for transaction in heard
            if str(transaction["ObjectId"]) in tickets
        ]
        moved = {
            str(transaction["ObjectId"]): _name(transaction.get("Creator"))
            for transaction in fresh
            if transaction.get("Type") in _TAKES and str(transaction["ObjectId"]) in tickets
        }
        newest = max((int(transaction["id"]) for transaction in fresh), default=cursor)
        self._read = {int(transaction["id"]) for transaction in transactions}
        return Batch(tuple(messages), tickets, moved, str(newest), len(transactions) >= AT_ONCE, newest)

    def newest(self) -> int:
        """Return the newest transaction's number."""
        query = {"query": "ObjectType='RT::Ticket' AND id > 0", "orderby": "id", "order": "DESC", "per_page": "1"}
        return max((int(transaction["id"]) for transaction in _items(self._get("transactions", query))), default=0)

    def ticket(self, ref: str) -> RemoteTicket:
        """Return a ticket's state. Raises NotFoundError."""
        answer = self._tickets({ref}, everywhere=True)
        if ref not in answer:
            raise NotFoundError("Not found", f"{self.web.place} has no ticket {ref}, or {self.me()} may not see it.")
        return answer[ref]

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Take it if unowned, or steal it from `before`; the first to claim it has it."""
        self._put(f"ticket/{int(ref)}/{'steal' if before else 'take'}", {})
        return self.ticket(ref)

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        if before == self.me() and not owner:
            self._put(f"ticket/{int(ref)}/untake", {})
        else:
            version = self._ask("GET", f"ticket/{int(ref)}").headers.get("etag", "")
            now = self.ticket(ref)
            if now.owner == before:
                try:
                    self._ask("PUT", f"ticket/{int(ref)}", body={"Owner": owner or _NOBODY}, more={"If-Match": version})
                except StaleError:
                    return self.ticket(ref)
        return self.ticket(ref)

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status and read it back."""
        self._put(f"ticket/{int(ref)}", {"Status": status})
        return self.ticket(ref)

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Change nothing: RT 5 has no tags."""
        return self.ticket(ref)

    def set_fields(self, ref: str, values: Mapping[str, str], version: str) -> RemoteTicket:
        """Set custom fields and read them back."""
        self._put(f"ticket/{int(ref)}", {"CustomFields": dict(values)})
        return self.ticket(ref)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Hand a `correspond` over, with status, fields and files in the one call."""
        body: dict[str, Any] = {"Content": reply.text, "ContentType": _marked(reply.mark)}
        if reply.status:
            body["Status"] = reply.status
        if reply.fields:
            body["CustomFields"] = dict(reply.fields)
        if reply.files:
            body["Attachments"] = [
                {"FileName": _file_name(name), "FileType": kind, "FileContent": base64.b64encode(data).decode()}
                for name, kind, data in reply.files
            ]
        return ReplyOffer(self.web.offer("POST", f"ticket/{int(reply.ref)}/correspond", self._headers(), body))

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a comment and return its transaction."""
        return ReplyOffer(
            self.web.offer(
                "POST", f"ticket/{int(ref)}/comment", self._headers(), {"Content": text, "ContentType": _marked(mark)}
            )
        ).finish()

    def _tickets(self, refs: Iterable[str], *, everywhere: bool = False) -> dict[str, RemoteTicket]:
        """Return the tickets of our queues among these."""
        numbers = sorted({int(ref) for ref in refs})
        if not numbers:
            return {}
        query = {"query": " OR ".join(f"id = {number}" for number in numbers), "fields": _FIELDS,
                 "per_page": str(AT_ONCE)} | _PEOPLE  # fmt: skip
        tickets = [_ticket(row, self.tracker.fields.language) for row in self._pages("tickets", query)]
        queues = self.tracker.queues
        return {ticket.ref: ticket for ticket in tickets if everywhere or not queues or ticket.queue in queues}

    def _parts(self, transactions: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        """Return the parts of the messages of these transactions, in order."""
        parts: dict[int, list[dict[str, Any]]] = {}
        if not transactions:
            return parts
        query = {"fields": "Filename,ContentType,ContentLength,TransactionId,Subject,Content,Headers",
                 "orderby": "id", "order": "ASC"}  # fmt: skip
        wanted = [{"field": "TransactionId", "value": number} for number in transactions]
        for part in self._pages("attachments", query, wanted):
            parts.setdefault(int(_id(part["TransactionId"])), []).append(part)
        return parts

    def _happened(self, transaction: Mapping[str, Any], ticket: RemoteTicket, parts: list[dict[str, Any]]) -> Happened:
        """Return a transaction's message as a mail."""
        number, kind = int(transaction["id"]), transaction.get("Type")
        creator, at = _name(transaction.get("Creator")), _time(str(transaction.get("Created", "")))
        headers = "\n".join(str(part.get("Headers") or "") for part in parts)
        mark = _MARK.search(headers) if creator == self.me() else None
        staff = kind == "Comment" or (kind == "Correspond" and creator.casefold() not in ticket.logins)
        direction = Direction.NOTE if kind == "Comment" else Direction.OUT if staff else Direction.IN
        raw = as_mail(self._written(number, ticket, parts, headers, creator, at, staff), self.web.host)
        return Happened(number, ticket.ref, raw, direction, at, mark[1] if mark else "")

    def _written(
        self, number: int, ticket: RemoteTicket, parts: list[dict[str, Any]], headers: str, creator: str, at: int,
        staff: bool,
    ) -> Written:  # fmt: skip
        """Return what a message says: the plain words where there are any, else the HTML; RT keeps names as encoded."""
        written, own_id = _FROM.search(headers), _MAIL_ID.search(headers)
        sender = written[1] if written and not staff else creator if staff else ticket.requestor
        subject = next((str(part["Subject"]) for part in parts if part.get("Subject")), "")
        texts = [part for part in parts if _is_words(part)]
        plain = [part for part in texts if part.get("ContentType") == "text/plain"]
        others = [
            part
            for part in parts
            if part not in texts and not str(part.get("ContentType", "")).startswith("multipart/")
        ]
        return Written(
            sender=sender or creator,
            recipient=ticket.requestor if staff else "",
            subject=subject if subject and subject != "No Subject" else ticket.subject,
            at=at,
            message_id=own_id[1] if own_id else f"<rt-transaction-{number}@{self.web.host}>",
            plain="\n".join(str(part.get("Content") or "") for part in plain),
            html=next((str(part.get("Content") or "") for part in texts if part not in plain), ""),
            files=[(words(str(part.get("Filename") or "")), str(part.get("ContentType") or ""), self._file(part))
                   for part in others],
        )  # fmt: skip

    def _file(self, part: Mapping[str, Any]) -> bytes:
        if int(part.get("ContentLength") or 0) > LARGEST_FILE:
            return b""
        answer = _dict(self._get(f"attachment/{int(part['id'])}"))
        try:
            return base64.b64decode(str(answer.get("Content") or ""))
        except ValueError:
            return b""

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self._ask("GET", path, query=query).body

    def _put(self, path: str, body: Mapping[str, Any]) -> None:
        self._ask("PUT", path, body=body)

    def _ask(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        return self.web.ask(method, path, {**self._headers(), **(more or {})}, query=query, body=body)

    def _pages(self, path: str, query: Mapping[str, str], body: Any = None) -> list[dict[str, Any]]:
        """Return every row of a list, page by page until one is short: totals may be missing."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            asked = {**query, "per_page": str(AT_ONCE), "page": str(page)}
            found_rows = _items(self._ask("POST" if body is not None else "GET", path, query=asked, body=body).body)
            rows += found_rows
            if len(found_rows) < AT_ONCE:
                return rows
            page += 1

    def _headers(self) -> dict[str, str]:
        token = self._token(self.tracker)
        if not token.isascii() or not token.isprintable():
            raise UnreachableError(
                "No token", f"The token of {self.name} contains characters that no token has; enter it again."
            )
        return {"Authorization": f"token {token}", "Accept": "application/json"}


class ReplyOffer:
    """A reply that lacks its last byte."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer

    def finish(self) -> int:
        """Complete it, and return its transaction."""
        place = self._offer.finish().headers.get("location", "")
        number = place.rpartition("/")[2]
        return int(number) if number.isdigit() else 0

    def drop(self) -> None:
        """Abandon it."""
        self._offer.drop()


def _marked(mark: str) -> str:
    """Return a content type that carries our mark: unknown parameters are ignored (RFC 2045, 5)."""
    return f'text/plain; x-tridesk="{mark}"'


def _file_name(name: str) -> str:
    """Return a file's name as RT takes it: it spoils letters that are not written as an encoded word (RFC 2047)."""
    return name if name.isascii() else f"=?utf-8?b?{base64.b64encode(name.encode()).decode()}?="


def _is_words(part: Mapping[str, Any]) -> bool:
    return part.get("ContentType") in ("text/plain", "text/html") and not part.get("Filename")


def _ticket(row: Mapping[str, Any], language_field: str) -> RemoteTicket:
    owner = _name(row.get("Owner"), "Name")
    asking = row.get("Requestor") or []
    people = [*asking, *(row.get("Cc") or [])]
    fields = [custom_field for custom_field in row.get("CustomFields") or [] if isinstance(custom_field, dict)]
    said = next(
        (custom_field.get("values") for custom_field in fields if custom_field.get("name") == language_field), None
    )
    addresses = [_name(who, "EmailAddress").casefold() for who in people]
    return RemoteTicket(
        ref=str(row["id"]),
        status=str(row.get("Status", "")),
        owner="" if owner == _NOBODY else owner,
        queue=_name(row.get("Queue"), "Name"),
        subject=str(row.get("Subject") or ""),
        requestor=next((_name(who, "EmailAddress") for who in asking), ""),
        people=frozenset(address for address in addresses if address),
        logins=frozenset(_name(who).casefold() for who in people),
        fields=frozenset(str(custom_field.get("name")) for custom_field in fields),
        language=str(said[0]) if said else "",
        values={str(item.get("name")): str(held[0]) for item in fields if (held := item.get("values")) and held[0]},
    )


def _name(who: Any, key: str = "id") -> str:
    return str(who.get(key) or who.get("id") or "") if isinstance(who, dict) else str(who or "")


def _id(value: Any) -> str:
    return str(value.get("id")) if isinstance(value, dict) else str(value)


def _dict(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def _items(body: Any) -> list[dict[str, Any]]:
    result = _dict(body).get("items")
    if not isinstance(result, list):
        raise ConnectorError("Not understood", "Request Tracker answered without a list; check the url.")
    return result


def _time(written: str) -> int:
    try:
        return int(datetime.fromisoformat(written.replace("Z", "+00:00")).astimezone(UTC).timestamp())
    except ValueError:
        return 0
