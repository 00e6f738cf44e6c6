"""Chatwoot over its Application API: conversations by their latest activity are the feed, messages what happened.

Written from its published OpenAPI description (github.com/chatwoot/chatwoot, swagger/), never tried against a live
service. It has no request that depends on a state, so a conversation that was taken is looked at again until its owner
stays, and a reply may come a moment after a message. Our mark is in a message's content attributes; its source id would
be the natural place, but marks a message as one that came from the channel, which is not sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import unquote, urlsplit

from data.errors import ConnectorError, RefusedError, UnreachableError
from data.records.messages import Direction
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail, named
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.claims import settled
from queues.connectors.hosted import form, out_of_sight
from queues.connectors.tls import context
from queues.connectors.web import Offer, Packed, TokenRefusedError, WebClient
from queues.connectors.web_system import SecretOf, WebSystem

Json = Mapping[str, Any]

PAGE = 25
"""How many conversations a page has."""
MESSAGES = 20
"""How many messages are returned before a number, at most."""
LARGEST_FILE = 10_000_000
MARK = "tridesk"
"""The content attribute of ours in a message."""
_INCOMING, _OUTGOING = 0, 1
_OTHERS = "Chatwoot"
_PROFILE = "profile"
"""Who changed a conversation: its messages say that in a sentence only."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far conversations were read: those with activity since `since`, from the newest down to it."""

    since: int
    page: int = 1
    newest: int = 0
    """The latest activity when the first page was read."""
    seen: str = ""
    """What the conversations of the second `since` looked like."""

    @classmethod
    def read(cls, written: str, first: int) -> Cursor:
        """Return a stored cursor; none begins with the second `first`."""
        if not written:
            return cls(first)
        since, page, newest, seen = written.split(" ")
        return cls(int(since), int(page), int(newest), seen.strip("-"))

    def written(self) -> str:
        """Return it for the store."""
        return f"{self.since} {self.page} {self.newest} {self.seen or '-'}"


class Chatwoot(WebSystem):
    """One Chatwoot account, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS,
         Capability.OWNER, Capability.TAGS, Capability.ATTACHMENTS}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, token: SecretOf) -> None:
        """Take the settings and where the token is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._token = tracker, tracker.connector, token
        host, _, account = tracker.url.partition("/app/accounts/")
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(f"{host}/api/v1", context=tls, per_minute=tracker.requests, file_hosts=tracker.file_hosts)
        self._account = f"accounts/{account}"
        self._profile: Json = {}
        self._inboxes: dict[int, str] = {}

    def me(self) -> str:
        """Return our address there."""
        self._profile = self._profile or self._object(self._ask("GET", _PROFILE))
        return _address(self._profile)

    def check(self) -> str:
        """Ask who we are and for the inboxes. Raises ConnectorError with what is wrong."""
        me, known = self.me(), sorted(self._names().values())
        for queue in self.tracker.queues:
            if queue not in known:
                raise ConnectorError(
                    "No such queue",
                    f"{self.web.place} has no inbox {queue!r} that {me} can see; it has {', '.join(known) or 'none'}.",
                )
        return f"Chatwoot, as {me}, {len(self.tracker.queues) or len(known)} inboxes"

    # What is read

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return a page of the conversations with activity: a request, and one more for each with new messages."""
        since = self.tracker.since
        at = Cursor.read(cursor, int(datetime.combine(since, time(), UTC).timestamp()) if since else 0)
        rows = self._rows(self._page(at.page).get("payload"))
        newest = at.newest if at.page > 1 else max([at.since, *map(_activity, rows)])
        fresh = [row for row in rows if _activity(row) >= at.since]
        seen = _digest([row for row in rows if _activity(row) == newest]) if at.page == 1 else at.seen
        if len(rows) >= PAGE and len(fresh) == len(rows):
            following = Cursor(at.since, at.page + 1, newest, seen)
            return self._batch(fresh, filed, following.written(), more=True, done=at.page * PAGE)
        end = Cursor(newest, seen=seen).written()
        if end == cursor:
            fresh = []
        return self._batch(fresh, filed, end, more=False, done=(at.page - 1) * PAGE + len(rows))

    def look(self, ref: str, filed: Filed) -> Batch | None:
        """Return what happened to one conversation up to now; nothing if it is no longer there, or ours to see."""
        try:
            row = self._row(ref)
        except RefusedError:
            return self._batch([], filed, "", more=False, done=0)
        return self._batch([row], filed, "", more=False, done=0)

    def newest(self) -> int:
        """Return how many conversations there are."""
        count = self._object(self._page(1).get("meta")).get("all_count")
        return count if isinstance(count, int) else 0

    def ticket(self, ref: str) -> RemoteTicket:
        """Return a conversation's state. Raises NotFoundError."""
        return self._remote(self._row(ref))

    def _batch(self, rows: Sequence[Json], filed: Filed, cursor: str, *, more: bool, done: int) -> Batch:
        events: list[Happened] = []
        tickets: dict[str, RemoteTicket] = {}
        for row in rows:
            remote = self._remote(row)
            if self.tracker.queues and remote.queue not in self.tracker.queues:
                continue
            try:
                events += self._happened(row, remote, filed)
            except RefusedError as error:  # deleted or moved since it was listed
                if out_of_sight(error, self._row, remote.ref):
                    continue
                raise
            tickets[remote.ref] = remote
        return Batch(tuple(events), tickets, dict.fromkeys(tickets, _OTHERS), cursor, more, done)

    def _happened(self, row: Json, remote: RemoteTicket, filed: Filed) -> list[Happened]:
        """Return a conversation's messages that the desk does not have yet, oldest first."""
        latest = self._rows(row.get("messages"))
        if latest and _is_said(latest[-1]) and filed(latest[-1]["id"]):
            return []
        results: list[Json] = []
        query: dict[str, str] = {}
        while True:
            page = self._rows(
                self._object(self._ask("GET", f"{self._path(remote.ref)}/messages", query)).get("payload")
            )
            said = [message for message in page if _is_said(message)]
            results = [message for message in said if not filed(message["id"])] + results
            if len(page) < MESSAGES or (said and filed(said[0]["id"])):
                break
            query = {"before": str(min(int(message["id"]) for message in page))}
        return [self._as_mail(message, remote) for message in sorted(results, key=lambda one: int(one["id"]))]

    def _as_mail(self, message: Json, remote: RemoteTicket) -> Happened:
        sender, at = self._object(message.get("sender")), int(float(message.get("created_at") or 0))
        incoming = message.get("message_type") == _INCOMING
        direction = Direction.NOTE if message.get("private") else Direction.IN if incoming else Direction.OUT
        number = int(message["id"])
        written = Written(
            sender=named(str(sender.get("name") or "nobody"), _address(sender)),
            recipient="" if incoming else remote.requestor,
            subject=remote.subject,
            at=at,
            message_id=f"<chatwoot-message-{number}@{self.web.host}>",
            plain=str(message.get("content") or ""),
            files=[_named(file, self._file(file)) for file in self._rows(message.get("attachments"))],
        )
        attributes = self._object(message.get("content_attributes"))
        by_us = not incoming and sender.get("id") == self._own_id()
        mark = str(attributes.get(MARK) or "") if by_us else ""
        return Happened(number, remote.ref, as_mail(written, self.web.host), direction, at, mark)

    def _file(self, row: Json) -> bytes:
        """Return an attachment's bytes; none if it is too large, or stored on a host that is not asked."""
        if int(row.get("file_size") or 0) > LARGEST_FILE:
            return b""
        try:
            return self.web.download(str(row.get("data_url") or ""), self._headers(), LARGEST_FILE)
        except RefusedError:
            return b""

    def _remote(self, row: Json) -> RemoteTicket:
        meta = self._object(row.get("meta"))
        contact, additional = self._object(meta.get("sender")), self._object(row.get("additional_attributes"))
        requestor = _address(contact)
        subject = str(additional.get("mail_subject") or f"Conversation with {contact.get('name') or 'a visitor'}")
        return RemoteTicket(
            ref=str(row["id"]),
            status=str(row.get("status") or ""),
            owner=_address(self._object(meta.get("assignee"))),
            queue=self._names(row.get("inbox_id")).get(row.get("inbox_id") or 0, ""),
            subject=subject,
            requestor=requestor,
            people=frozenset({requestor} if requestor else ()),
            tags=frozenset(map(str, row.get("labels") or [])),
        )

    def _names(self, wanted: Any = None) -> dict[int, str]:
        """Return the inboxes' names, read again where one is missing."""
        if not self._inboxes or (wanted is not None and wanted not in self._inboxes):
            rows = self._rows(self._object(self._ask("GET", f"{self._account}/inboxes")).get("payload"))
            self._inboxes = {int(row["id"]): str(row.get("name") or "") for row in rows}
        return self._inboxes

    # What is written

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Become its owner in place of `before`; of several at one moment, the last who wrote."""
        return settled(lambda: self._assign(ref, self._own_id(), before), lambda: self.ticket(ref))

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        return self._assign(ref, self._agent(owner) if owner else None, before)

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status, and return its state afterwards; snoozed is until the customer's next message."""
        self._ask("POST", f"{self._path(ref)}/toggle_status", body={"status": status})
        return self.ticket(ref)

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove labels. The list is written as a whole: it is read right before."""
        before = self.ticket(ref).tags
        after = (before | {tag for tag in add if tag and not any(map(str.isspace, tag))}) - frozenset(remove)
        if after != before:
            self._ask("POST", f"{self._path(ref)}/labels", body={"labels": sorted(after)})
        return self.ticket(ref)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Hand a message over; its status is set right after it.

        Raises RefusedError where the channel takes no more messages, as WhatsApp does a day after the customer's last.
        """
        if self._row(reply.ref).get("can_reply") is False:
            raise RefusedError(
                "No reply there", f"The channel of conversation {reply.ref} takes no free message any more; answer "
                "it in Chatwoot with a template.",
            )  # fmt: skip
        body = _message(reply.text, reply.mark, private=False)
        packed = _form(body, reply.files) if reply.files else body
        return ReplyOffer(
            self, reply, self.web.offer("POST", f"{self._path(reply.ref)}/messages", self._headers(), packed)
        )

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a private note and return its number."""
        body = _message(text, mark, private=True)
        return number_of(self.web.offer("POST", f"{self._path(ref)}/messages", self._headers(), body))

    def macros(self) -> Sequence[Json]:
        """Return the canned responses."""
        return self._rows(self._ask("GET", f"{self._account}/canned_responses"))

    def _assign(self, ref: str, owner: int | None, before: str) -> RemoteTicket:
        """Set the owner where it still is `before`. A write between the two is not noticed: it is read back."""
        remote = self.ticket(ref)
        if remote.owner == before:
            self._ask("POST", f"{self._path(ref)}/assignments", body={"assignee_id": owner})
            remote = self.ticket(ref)
        return remote

    def _own_id(self) -> int:
        self.me()
        return int(self._profile["id"])

    def _agent(self, called: str) -> int:
        for row in self._rows(self._ask("GET", f"{self._account}/agents")):
            if called.casefold() in (_address(row), str(row.get("name") or "").casefold()):
                return int(row["id"])
        raise RefusedError("No such agent", f"Chatwoot has no agent {called}; name the agent by e-mail address.")

    # How

    def _row(self, ref: str) -> Json:
        return self._object(self._ask("GET", self._path(ref)))

    def _page(self, page: int) -> Json:
        query = {"status": "all", "assignee_type": "all", "page": str(page)}
        return self._object(self._object(self._ask("GET", f"{self._account}/conversations", query)).get("data"))

    def _path(self, ref: str) -> str:
        return f"{self._account}/conversations/{int(ref)}"

    def _ask(self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Any:
        try:
            return self.web.ask(method, path, self._headers(), query=query, body=body).body
        except TokenRefusedError as error:
            if not path.startswith(f"{self._account}/conversations/"):
                raise
            self._ask("GET", _PROFILE)  # what is not ours to see is answered like a token that is none
            raise RefusedError("Refused", f"{self.web.place} does not let us see or do this there.") from error

    def _headers(self) -> dict[str, str]:
        token = self._token(self.tracker)
        if not token.isascii() or not token.isprintable():
            raise UnreachableError(
                "No token", f"The token of {self.name} contains characters that no token has; enter it again."
            )
        return {"api_access_token": token, "Accept": "application/json"}

    def _object(self, body: Any) -> Json:
        return body if isinstance(body, dict) else {}

    def _rows(self, body: Any) -> list[Json]:
        return [row for row in body if isinstance(row, dict)] if isinstance(body, list) else []


class ReplyOffer:
    """A message that lacks its last byte, and the status that follows it."""

    def __init__(self, system: Chatwoot, reply: RemoteReply, offer: Offer) -> None:
        self._system, self._reply, self._offer = system, reply, offer

    def finish(self) -> int:
        """Complete it, and return its number. Raises DoubtError if it is unknown whether it was taken."""
        number = number_of(self._offer)
        if self._reply.status:
            # the reply is there in any case; its conversation is shown here with the status that it has there
            with suppress(ConnectorError):
                self._system.set_status(self._reply.ref, self._reply.status, "")
        return number

    def drop(self) -> None:
        """Abandon it."""
        self._offer.drop()


def number_of(offer: Offer) -> int:
    """Complete a message, and return its number; 0 if the answer does not say."""
    body = offer.finish().body
    return int(body["id"]) if isinstance(body, dict) and isinstance(body.get("id"), int) else 0


def _address(person: Json) -> str:
    return str(person.get("email") or "").casefold()


def _activity(row: Json) -> int:
    """Return the second of a conversation's latest message or change."""
    return int(float(row.get("last_activity_at") or row.get("timestamp") or 0))


def _digest(rows: Sequence[Json]) -> str:
    """Return what tells these conversations' present state from any other."""
    states = [(row["id"], row.get("status"), row.get("meta"), row.get("labels"), row.get("messages")) for row in rows]
    return hashlib.sha256(json.dumps(states, sort_keys=True).encode()).hexdigest()[:16]


def _is_said(message: Json) -> bool:
    """Return whether a person wrote a message: greetings, surveys and notices of changes are left out."""
    return message.get("message_type") in (_INCOMING, _OUTGOING) and isinstance(message.get("id"), int)


def _named(file: Json, content: bytes) -> tuple[str, str, bytes]:
    """Return a file with the name that its address ends with."""
    name = unquote(urlsplit(str(file.get("data_url") or "")).path.rpartition("/")[2])
    return name or "attachment", "application/octet-stream", content


def _message(text: str, mark: str, *, private: bool) -> dict[str, Any]:
    return {"content": text, "message_type": "outgoing", "private": private, "content_attributes": {MARK: mark}}


def _form(body: Mapping[str, Any], files: Sequence[tuple[str, str, bytes]]) -> Packed:
    """Return a message with files as a form."""
    values = {
        **body,
        "private": str(body["private"]).lower(),
        "content_attributes": json.dumps(body["content_attributes"]),
    }
    return form([(name, str(value)) for name, value in values.items()], files)
