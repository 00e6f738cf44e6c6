"""Help Scout over its Inbox API (version 2): the list of conversations by their latest change is the feed, threads are
what happened.

Written from its documentation (developer.helpscout.com/mailbox-api), never tried against the live service. It has no
request that depends on a state, so a conversation that was taken is looked at again until its owner stays, and a reply
may come a moment after a message. It keeps nothing of ours with a thread; our mark is a class of the HTML that a reply
is. When a conversation changed is not shown: the time of its users' latest change is a bound, and what else it shows
tells one state from another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from data.errors import ConnectorError, RefusedError
from data.records.messages import Direction
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail, named
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.changed_since import ChangedSince, first_moment, moment, written
from queues.connectors.claims import settled
from queues.connectors.hosted import (
    Json,
    an_object,
    mark_of,
    marked,
    number_in,
    objects,
    out_of_sight,
    text_in,
    usable,
)
from queues.connectors.tls import context
from queues.connectors.web import (
    Answer,
    MovedError,
    NotFoundError,
    Offer,
    Packed,
    StaleError,
    TokenRefusedError,
    WebClient,
)
from queues.connectors.web_system import SecretOf, SystemByTime
from queues.mail.addresses import addresses

MOST_PAGES = 400
"""How many pages of a list are read: 25 rows each."""
LARGEST_FILE = 10_000_000
LARGEST_REPLY = 10_000_000
"""Bytes of all files of a reply together."""
EARLY = 60.0
"""Seconds before its end that an access token is replaced."""
_OTHERS = "Help Scout"
"""Who changed what no user changed."""
_SAID = {
    "customer": Direction.IN,
    "message": Direction.OUT,
    "note": Direction.NOTE,
    "phone": Direction.NOTE,
    "forwardparent": Direction.NOTE,
    "forwardchild": Direction.NOTE,
}
"""What threads are; chats are by who wrote them, and changes of state are no messages."""
_CHATS = ("chat", "beaconchat")


class HelpScout(SystemByTime):
    """One Help Scout account, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS,
         Capability.OWNER, Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, token: SecretOf) -> None:
        """Take the settings and where the secret is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._secret = tracker, tracker.connector, token
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(f"{tracker.url}/v2", context=tls, per_minute=tracker.requests)
        self._feed = ChangedSince(_stands)
        self._access = ("", "", 0.0)
        self._me: Json = {}
        self._inboxes: dict[int, str] = {}
        self._fields: dict[int, list[Json]] = {}

    def me(self) -> str:
        """Return our address there."""
        self._me = self._me or an_object(self._get("users/me"))
        return _address(self._me)

    def check(self) -> str:
        """Log in and ask for the inboxes and a page of conversations. Raises ConnectorError with what is wrong."""
        me, known = self.me(), sorted(self._names().values())
        for queue in self.tracker.queues:
            if queue not in known:
                raise ConnectorError(
                    "No such queue",
                    f"{self.web.place} has no inbox {queue!r} that {me} can see; it has {', '.join(known) or 'none'}.",
                )
        self._changed(first_moment(None), 1)
        used = f"{self.requests} of {self.tracker.requests} requests a minute"
        queues = len(self.tracker.queues) or len(known)
        return f"Help Scout, as {me}, {queues} {'inbox' if queues == 1 else 'inboxes'}, {used}"

    # What is read

    def newest(self) -> int:
        """Return how many conversations a first fetch brings."""
        body = self._get("conversations", self._query(first_moment(self.tracker.since), 1))
        return number_in(an_object(body, "page").get("totalElements"))

    def _query(self, since: int, page: int) -> dict[str, str]:
        """Return what asks for a page of the feed, from a second earlier: that second itself need not be in it."""
        inboxes = [number for number, name in self._names().items() if name in self.tracker.queues]
        return {
            "status": "all",
            "modifiedSince": written(since - 1000),
            "sortField": "modifiedAt",
            "sortOrder": "asc",
            "page": str(page),
            **({"mailbox": ",".join(map(str, inboxes))} if inboxes else {}),
        }

    def _changed(self, since: int, page: int) -> tuple[Sequence[Json], bool]:
        body = self._get("conversations", self._query(since, page))
        rows = objects(an_object(body, "_embedded").get("conversations"))
        rows = [row for row in rows if number_in(row.get("id"))]
        return rows, page < number_in(an_object(body, "page").get("totalPages"))

    def _batch(
        self, rows: Sequence[Json], filed: Filed, cursor: str = "", *, more: bool = False, done: int = 0
    ) -> Batch:
        events: list[Happened] = []
        tickets: dict[str, RemoteTicket] = {}
        moved: dict[str, str] = {}
        for row in rows:
            remote = self._remote(row)
            ref = remote.ref
            if row.get("state") == "draft" or (self.tracker.queues and remote.queue not in self.tracker.queues):
                continue
            try:
                threads = self._threads(ref, filed)
            except RefusedError as error:  # merged, deleted or moved since it was listed
                if out_of_sight(error, self._row, ref):
                    continue
                raise
            tickets[ref] = remote
            said = [thread for thread in threads if _direction(thread) and not filed(thread["id"])]
            events += [self._as_mail(thread, remote) for thread in sorted(said, key=lambda thread: int(thread["id"]))]
            by = an_object(threads[0], "createdBy") if threads else {}
            moved[ref] = (_address(by) if by.get("type") == "user" else "") or _OTHERS
        return Batch(tuple(events), tickets, moved, cursor, more, done)

    def _threads(self, ref: str, filed: Filed) -> list[Json]:
        """Return the threads of a conversation, newest first, back to the page where the desk has all."""
        results: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            body = self._get(f"conversations/{int(ref)}/threads", {"page": str(page)})
            rows = [row for row in objects(an_object(body, "_embedded").get("threads")) if number_in(row.get("id"))]
            results += rows
            said = [thread["id"] for thread in rows if _direction(thread)]
            known = bool(said) and all(filed(number) for number in said)
            if known or page >= number_in(an_object(body, "page").get("totalPages")):
                break
        return results

    def _as_mail(self, thread: Json, remote: RemoteTicket) -> Happened:
        number, by = int(thread["id"]), an_object(thread, "createdBy")
        direction = _direction(thread) or Direction.NOTE
        html = str(thread.get("body") or "")
        letter = Written(
            sender=named(_name(by) or "nobody", _address(by)),
            recipient="" if direction is Direction.IN else remote.requestor,
            subject=remote.subject,
            at=moment(thread.get("createdAt")) // 1000,
            message_id=f"<helpscout-thread-{number}@{self.web.host}>",
            plain="",
            html=html,
            files=[self._file(remote.ref, file) for file in objects(an_object(thread, "_embedded").get("attachments"))],
            copied=_listed(thread.get("cc")),
        )
        by_us = by.get("type") == "user" and by.get("id") == self._own_id()
        mark = mark_of(html) if by_us else ""
        return Happened(number, remote.ref, as_mail(letter, self.web.host), direction, letter.at, mark)

    def _file(self, ref: str, file: Json) -> tuple[str, str, bytes]:
        """Return a file; without content if it is too large, withheld, or no longer there."""
        kind, content = str(file.get("mimeType") or "application/octet-stream"), b""
        if number_in(file.get("size")) <= LARGEST_FILE and file.get("state", "valid") == "valid":
            try:
                body = self._get(f"conversations/{int(ref)}/attachments/{int(file['id'])}/data")
                content = base64.b64decode(str(an_object(body).get("data") or ""))
            except (RefusedError, binascii.Error):
                pass
        return str(file.get("filename") or "attachment"), kind, content

    def _remote(self, row: Json) -> RemoteTicket:
        customer = an_object(row, "primaryCustomer")
        requestor = _address(customer)
        held = objects(row.get("customFields"))
        values = {str(one.get("name")): text for one in held if (text := text_in(one.get("text") or one.get("value")))}
        people = {requestor, *(mailbox.casefold() for mailbox in _listed(row.get("cc")))} if requestor else set[str]()
        return RemoteTicket(
            ref=str(row["id"]),
            status=str(row.get("status") or ""),
            owner=_called(an_object(row, "assignee")),
            queue=self._names(row.get("mailboxId")).get(number_in(row.get("mailboxId")), ""),
            subject=str(row.get("subject") or ""),
            requestor=requestor,
            people=frozenset(people),
            fields=frozenset(str(one.get("name")) for one in self._fields_of(row.get("mailboxId"))) | values.keys(),
            language=values.get(self.tracker.fields.language, ""),
            tags=frozenset(str(one.get("tag")) for one in objects(row.get("tags")) if one.get("tag")),
            values=values,
            version=_stands(row)[2],
        )

    def _names(self, wanted: Any = None) -> dict[int, str]:
        """Return the inboxes' names, read again where one is missing."""
        if not self._inboxes or (wanted is not None and wanted not in self._inboxes):
            self._inboxes = {number_in(row.get("id")): str(row.get("name")) for row in self._all("mailboxes")}
            if wanted is not None:
                self._inboxes.setdefault(number_in(wanted), f"inbox {wanted}")
        return self._inboxes

    def _fields_of(self, inbox: Any) -> list[Json]:
        """Return an inbox's custom fields; none where the plan has none."""
        number = number_in(inbox)
        if number not in self._fields:
            try:
                self._fields[number] = self._all(f"mailboxes/{number}/fields", "fields")
            except RefusedError:
                self._fields[number] = []
        return self._fields[number]

    # What is written

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Become its owner in place of `before`; of several at one moment, the last who wrote."""
        return settled(lambda: self._assign(ref, self._own_id(), before), lambda: self.ticket(ref))

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        return self._assign(ref, self._user(owner) if owner else None, before)

    def _assign(self, ref: str, owner: int | None, before: str) -> RemoteTicket:
        """Set the owner where it still is `before`. A write between the two is not noticed: it is read back."""
        remote = self.ticket(ref)
        if remote.owner != before:
            return remote
        gone = {"op": "remove", "path": "/assignTo"}
        return self._patched(ref, {"op": "replace", "path": "/assignTo", "value": owner} if owner else gone)

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status, and return its state afterwards."""
        return self._patched(ref, {"op": "replace", "path": "/status", "value": status})

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove tags. The list is written as a whole: it is read right before."""
        remote = self.ticket(ref)
        after = (remote.tags | {tag for tag in add if tag and tag == tag.lower()}) - frozenset(remove)
        if after == remote.tags:
            return remote
        self._ask("PUT", f"conversations/{int(ref)}/tags", {"tags": sorted(after)})
        return self.ticket(ref)

    def set_fields(self, ref: str, values: Mapping[str, str], version: str) -> RemoteTicket:
        """Set custom fields. Raises StaleError if the conversation changed since that version."""
        row = self._row(ref)
        if version and _stands(row)[2] != version:
            raise StaleError("Changed", f"Conversation {ref} was changed in Help Scout by a colleague.")
        self._write_fields(ref, row, values)
        return self.ticket(ref)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Hand a reply over, with its status in the same request; its fields are set right after it.

        Raises RefusedError for one that was merged, a customer without an address, and files that are too large.
        """
        row = self._row(reply.ref)
        customer = an_object(row, "primaryCustomer")
        if not _address(customer) or not number_in(customer.get("id")):
            raise RefusedError(
                "No reply there",
                f"The customer of conversation {reply.ref} has no mail address in Help Scout; answer there.",
            )
        if sum(len(content) for _, _, content in reply.files) > LARGEST_REPLY:
            raise RefusedError("Too large", f"Help Scout takes files of {LARGEST_REPLY // 1_000_000} MB in a reply.")
        body: dict[str, Any] = {
            "customer": {"id": customer["id"]},
            "text": marked(reply.text, reply.mark),
            "status": reply.status or row.get("status"),  # one that is not named makes it active
        }
        if copied := [mailbox for mailbox in _listed(row.get("cc")) if mailbox.casefold() != _address(customer)]:
            body["cc"] = copied
        if reply.files:
            body["attachments"] = [
                {"fileName": name, "mimeType": kind or _BYTES, "data": base64.b64encode(content).decode()}
                for name, kind, content in reply.files
            ]
        offer = self.web.offer("POST", f"conversations/{int(reply.ref)}/reply", self._headers(), body)
        return ReplyOffer(self, reply, row, offer)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a note and return its number."""
        body = {"text": marked(text, mark), "status": self._row(ref).get("status")}  # not named, it might become active
        return added(self.web.offer("POST", f"conversations/{int(ref)}/notes", self._headers(), body), ref)

    def macros(self) -> Sequence[Json]:
        """Return the saved replies of our inboxes."""
        results: list[Json] = []
        for number, name in self._names().items():
            if not self.tracker.queues or name in self.tracker.queues:
                path = f"mailboxes/{number}/saved-replies"
                rows = objects(self._get(path))
                results += [an_object(self._get(f"{path}/{number_in(row.get('id'))}")) for row in rows]
        return results

    def follow_up(self, reply: RemoteReply, row: Json) -> None:
        """Set the fields that go with a reply."""
        self._write_fields(reply.ref, row, reply.fields)

    def _write_fields(self, ref: str, row: Json, values: Mapping[str, str]) -> None:
        """Set custom fields by their names; all of them are written, as those that are left out would be emptied."""
        fields = self._fields_of(row.get("mailboxId"))
        known = {one.get("id"): str(one.get("value") or "") for one in objects(row.get("customFields"))}
        after = dict(known)
        for name, value in values.items():
            field = next((row for row in fields if str(row.get("name")).casefold() == name.casefold()), None)
            if field is not None:
                options = {str(one.get("label")): str(one.get("id")) for one in objects(field.get("options"))}
                after[field.get("id")] = options.get(value, value)
        if after != known:
            rows = [{"id": number, "value": value} for number, value in after.items() if value]
            self._ask("PUT", f"conversations/{int(ref)}/fields", {"fields": rows})

    def _patched(self, ref: str, patch: Json) -> RemoteTicket:
        self._ask("PATCH", f"conversations/{int(ref)}", patch)
        return self.ticket(ref)

    def _own_id(self) -> int:
        self.me()
        return number_in(self._me.get("id"))

    def _user(self, called: str) -> int:
        """Return an agent's number. Raises RefusedError if there is no such agent."""
        wanted = called.casefold()
        for row in self._all("users"):
            if wanted in (_address(row), _name(row).casefold()):
                return number_in(row.get("id"))
        raise RefusedError("No such agent", f"Help Scout has no agent {called}; name the agent by e-mail address.")

    # How

    def _row(self, ref: str) -> Json:
        """Return a conversation. Raises NotFoundError, also for one that was merged into another."""
        try:
            row = an_object(self._get(f"conversations/{int(ref)}"))
        except MovedError as error:
            raise NotFoundError(
                "Merged there", f"Conversation {ref} was merged into another one in Help Scout; answer that one."
            ) from error
        if row.get("state") == "deleted":
            raise NotFoundError("Deleted there", f"Conversation {ref} was deleted in Help Scout.")
        return row

    def _all(self, path: str, name: str = "") -> list[Json]:
        """Return every row of a list, page by page."""
        results: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            body = self._get(path, {"page": str(page)})
            results += objects(an_object(body, "_embedded").get(name or path))
            if page >= number_in(an_object(body, "page").get("totalPages")):
                break
        return results

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self._ask("GET", path, query=query).body

    def _ask(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Answer:
        """Make a request, once more with a new access token if an app's was refused: it ran out or was revoked."""
        given = self._access[1]
        try:
            return self.web.ask(method, path, self._headers(), query=query, body=body)
        except TokenRefusedError:
            self._access = ("", "", 0.0)
            if not given:
                raise
            return self.web.ask(method, path, self._headers(), query=query, body=body)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}

    def _token(self) -> str:
        """Return an access token: the secret itself, or what an app gets for its ID and its secret (RFC 6749, 4.4)."""
        secret = usable(self._secret(self.tracker), self.name)
        if not self.tracker.user:
            return secret
        of, token, until = self._access
        if of != secret or time.monotonic() >= until:
            asked = {"grant_type": "client_credentials", "client_id": self.tracker.user, "client_secret": secret}
            packed = Packed(urlencode(asked).encode(), "application/x-www-form-urlencoded")
            body = an_object(self.web.ask("POST", "oauth2/token", {"Accept": "application/json"}, body=packed).body)
            token = usable(str(body.get("access_token") or ""), self.name)
            if not token:
                raise TokenRefusedError("Token refused", f"{self.web.place} gave no access token; check ID and secret.")
            self._access = (secret, token, time.monotonic() + number_in(body.get("expires_in")) - EARLY)
        return token


class ReplyOffer:
    """A reply that lacks its last byte, and the fields that follow it."""

    def __init__(self, system: HelpScout, reply: RemoteReply, row: Json, offer: Offer) -> None:
        self._system, self._reply, self._row, self._offer = system, reply, row, offer

    def finish(self) -> int:
        """Complete it, and return its number. Raises DoubtError if it is unknown whether it was taken."""
        number = added(self._offer, self._reply.ref)
        with suppress(ConnectorError):  # the reply is there in any case, and is not in doubt for the sake of a field
            self._system.follow_up(self._reply, self._row)
        return number

    def drop(self) -> None:
        """Abandon it."""
        self._offer.drop()


def added(offer: Offer, ref: str) -> int:
    """Complete a thread, and return its number, which is in a header; 0 if the answer does not say.

    Raises RefusedError where the conversation is full.
    """
    try:
        number = offer.finish().headers.get("resource-id", "")
    except StaleError as error:  # 412
        raise RefusedError(
            "Full there", f"Conversation {ref} takes no more threads in Help Scout; begin another there."
        ) from error
    return int(number) if number.isascii() and number.isdigit() else 0


_BYTES = "application/octet-stream"


def _stands(row: Json) -> tuple[str, int, str]:
    """Return a conversation's number, a time that is not after its latest change, and what tells its state."""
    waiting = an_object(row, "customerWaitingSince").get("time")
    times = (row.get("createdAt"), row.get("closedAt"), row.get("userUpdatedAt"), waiting)
    shown = {name: value for name, value in row.items() if name not in ("_links", "_embedded", "customerWaitingSince")}
    state = hashlib.sha256(json.dumps([shown, waiting], sort_keys=True).encode()).hexdigest()[:12]
    return str(row["id"]), max(map(moment, times)), state


def _direction(thread: Json) -> Direction | None:
    """Return which way a thread went; None for changes of state, drafts and what is hidden."""
    if thread.get("state", "published") != "published":
        return None
    if thread.get("type") in _CHATS:
        return Direction.IN if an_object(thread, "createdBy").get("type") == "customer" else Direction.OUT
    return _SAID.get(str(thread.get("type")))


def _address(person: Json) -> str:
    return str(person.get("email") or "").casefold()


def _name(person: Json) -> str:
    """Return a person's name; a user's is called otherwise than that of who wrote a thread."""
    first, last = (person.get(f"{part}Name") or person.get(part) or "" for part in ("first", "last"))
    return f"{first} {last}".strip()


def _called(assignee: Json) -> str:
    """Return whose a conversation is: a user by address, a team by name."""
    return _address(assignee) or _name(assignee)


def _listed(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else []
    return [mailbox for text in texts for _, mailbox in addresses(str(text)) if "@" in mailbox]
