"""Freshdesk over its API (version 2): the list of tickets by their latest change is the feed, a ticket's description
and its conversations are what happened.

Written from its documentation (developers.freshdesk.com/api), never tried against the live service. It has no request
that depends on a state, so a ticket that was taken is looked at again until its owner stays, and a reply may come a
moment after a message. It keeps nothing of ours with a message; our mark is a class of the HTML that a reply is.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from data.errors import ConnectorError, RefusedError
from data.records.messages import Direction
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail, named
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.changed_since import ChangedSince, first_moment, moment, written
from queues.connectors.claims import settled
from queues.connectors.freshdesk_names import Names, address
from queues.connectors.hosted import (
    Json,
    an_object,
    form,
    mark_of,
    marked,
    number_in,
    objects,
    out_of_sight,
    text_in,
    usable,
)
from queues.connectors.tls import context
from queues.connectors.web import Answer, NotFoundError, Offer, StaleError, WebClient
from queues.connectors.web_system import SecretOf, SystemByTime
from queues.mail.addresses import addresses

PAGE = 100
"""How many tickets or conversations a page has."""
LARGEST_FILE = 10_000_000
LARGEST_REPLY = 20_000_000
"""Bytes of all files of a reply together."""
LONGEST_TAG = 32
FILE_HOSTS = (
    "*.freshdesk.com",
    "s3.amazonaws.com",
    "s3-eu-central-1.amazonaws.com",
    "s3-ap-south-1.amazonaws.com",
    "s3-ap-southeast-2.amazonaws.com",
)
"""Where Freshdesk keeps files."""
_FORWARDED = 8
"""The source of a conversation that went to others than the customer."""
_OUTBOUND = 10
"""The source of a ticket that an agent began by a mail to the customer."""
_OTHERS = "Freshdesk"
"""Who changed a ticket: it does not say."""


class Freshdesk(SystemByTime):
    """One Freshdesk account, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS,
         Capability.OWNER, Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, token: SecretOf) -> None:
        """Take the settings and where the API key is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._token = tracker, tracker.connector, token
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(
            f"{tracker.url}/api/v2",
            context=tls,
            per_minute=tracker.requests,
            file_hosts=(*FILE_HOSTS, *tracker.file_hosts),
        )
        self._feed = ChangedSince(lambda row: (str(row["id"]), moment(row.get("updated_at")), ""))
        self._names = Names(self._get)
        self._whole: dict[str, int] = {}
        """By ticket: after how many pages of its conversations new ones begin."""

    def me(self) -> str:
        """Return our address there."""
        return address(an_object(self._names.me(), "contact"))

    def check(self) -> str:
        """Ask who we are, for a page of tickets and for the groups. Raises ConnectorError with what is wrong."""
        me = self.me()
        self._changed(first_moment(None), 1)
        known = self._names.groups()
        for queue in self.tracker.queues:
            if queue not in known.values():
                raise ConnectorError(
                    "No such queue",
                    f"{self.web.place} has no group {queue!r} that {me} can see; it has "
                    f"{', '.join(sorted(known.values())) or 'none'}.",
                )
        used = f"{self.requests} of {self.tracker.requests} requests a minute"
        queues = len(self.tracker.queues) or len(known)
        return f"Freshdesk, as {me}, {queues} {'group' if queues == 1 else 'groups'}, {used}"

    # What is read

    def newest(self) -> int:
        """Return that how many tickets there are is not known."""
        return 0

    def _changed(self, since: int, page: int) -> tuple[Sequence[Json], bool]:
        """Return a page of the feed, from a second earlier: the second that is named need not be in it."""
        query = {
            "updated_since": written(since - 1000),
            "order_by": "updated_at",
            "order_type": "asc",
            "include": "requester",
            "per_page": str(PAGE),
            "page": str(page),
        }
        rows = [row for row in objects(self._get("tickets", query)) if number_in(row.get("id"))]
        return rows, len(rows) >= PAGE

    def _batch(
        self, rows: Sequence[Json], filed: Filed, cursor: str = "", *, more: bool = False, done: int = 0
    ) -> Batch:
        events: list[Happened] = []
        tickets: dict[str, RemoteTicket] = {}
        for row in rows:
            remote = self._remote(row)
            ref = remote.ref
            if self.tracker.queues and remote.queue not in self.tracker.queues:
                continue
            try:
                events += self._happened(row, remote, filed)
            except RefusedError as error:  # deleted or moved since it was listed
                if out_of_sight(error, self._row, ref):
                    continue
                raise
            tickets[ref] = remote
        return Batch(tuple(events), tickets, dict.fromkeys(tickets, _OTHERS), cursor, more, done)

    def _happened(self, row: Json, remote: RemoteTicket, filed: Filed) -> list[Happened]:
        """Return the messages of a ticket that the desk does not have yet: its description, and its conversations.

        The description has no number of its own: it is known by the ticket's, below zero.
        """
        results: list[Happened] = []
        if not filed(-int(row["id"])):
            whole = row if "description" in row else self._row(remote.ref)
            results.append(self._described(whole, remote))
        results += [self._as_mail(row_of, row, remote) for row_of in self._conversations(remote.ref, filed)]
        return sorted(results, key=lambda event: (event.number > 0, event.number))

    def _conversations(self, ref: str, filed: Filed) -> list[Json]:
        """Return the conversations of a ticket that the desk does not have, from the first page that may have any."""
        results = self._pages(ref, self._whole.get(ref, 0), filed)
        if not results and self._whole.pop(ref, 0):
            results = self._pages(ref, 0, filed)  # some were deleted: there is no such page any more
        return [row for row in results if number_in(row.get("id")) and not filed(row["id"])]

    def _pages(self, ref: str, page: int, filed: Filed) -> list[Json]:
        """Return all conversations after so many pages, and note how many pages hold nothing new."""
        results: list[Json] = []
        whole = page
        while True:
            query = {"per_page": str(PAGE), "page": str(page + 1)}
            rows = objects(self._get(f"tickets/{int(ref)}/conversations", query))
            results += rows
            if len(rows) < PAGE:
                break
            if whole == page and all(filed(number_in(row.get("id"))) for row in rows):
                whole += 1
            page += 1
        if whole:
            self._whole[ref] = whole
        return results

    def _described(self, row: Json, remote: RemoteTicket) -> Happened:
        requester = an_object(row, "requester")
        ours = row.get("source") == _OUTBOUND  # who of us wrote it is not told
        copied = [part for name in ("cc_emails", "ticket_cc_emails") for part in _listed(row.get(name))]
        letter = Written(
            sender=named("nobody", "") if ours else named(str(requester.get("name") or "nobody"), address(requester)),
            recipient=remote.requestor if ours else "",
            subject=remote.subject,
            at=moment(row.get("created_at")) // 1000,
            message_id=f"<freshdesk-ticket-{remote.ref}@{self.web.host}>",
            plain="" if row.get("description") else str(row.get("description_text") or ""),
            html=str(row.get("description") or ""),
            files=[self._file(file) for file in objects(row.get("attachments"))],
            copied=copied,
        )
        direction = Direction.OUT if ours else Direction.IN
        return Happened(-int(remote.ref), remote.ref, as_mail(letter, self.web.host), direction, letter.at)

    def _as_mail(self, conversation: Json, row: Json, remote: RemoteTicket) -> Happened:
        number, who = int(conversation["id"]), conversation.get("user_id")
        incoming = conversation.get("incoming") is True
        aside = conversation.get("private") is True or conversation.get("source") == _FORWARDED
        direction = Direction.NOTE if aside else Direction.IN if incoming else Direction.OUT
        html = str(conversation.get("body") or "")
        letter = Written(
            sender=self._sender(conversation, row, incoming=incoming),
            recipient="" if direction is Direction.IN else remote.requestor,
            subject=remote.subject,
            at=moment(conversation.get("created_at")) // 1000,
            message_id=f"<freshdesk-conversation-{number}@{self.web.host}>",
            plain="" if html else str(conversation.get("body_text") or ""),
            html=html,
            files=[self._file(file) for file in objects(conversation.get("attachments"))],
            copied=_listed(conversation.get("cc_emails")),
        )
        by_us = not incoming and who == self._names.me().get("id")
        mark = mark_of(html) if by_us else ""
        return Happened(number, remote.ref, as_mail(letter, self.web.host), direction, letter.at, mark)

    def _sender(self, conversation: Json, row: Json, *, incoming: bool) -> str:
        """Return who wrote: as the mail says that it was, else the contact or the agent."""
        who, said = conversation.get("user_id"), str(conversation.get("from_email") or "")
        if incoming:
            if any(mailbox for _, mailbox in addresses(said)):
                return said
            requester = an_object(row, "requester")
            person = requester if who == row.get("requester_id") else self._names.contact(who)
            return named(str(person.get("name") or "nobody"), address(person))
        agent = self._names.agent(who)
        return named(str(agent.get("name") or "nobody"), address(agent))

    def _file(self, file: Json) -> tuple[str, str, bytes]:
        """Return a file; without content if it is too large, or stored on a host that is not asked."""
        kind, content = str(file.get("content_type") or "application/octet-stream"), b""
        if number_in(file.get("size")) <= LARGEST_FILE:
            with suppress(RefusedError):
                place = str(file.get("attachment_url") or "")
                content = self.web.download(place, self._headers(), LARGEST_FILE)
        return str(file.get("name") or "attachment"), kind, content

    def _remote(self, row: Json) -> RemoteTicket:
        requester = an_object(row, "requester")
        requestor = address(requester)
        custom = an_object(row, "custom_fields")
        values: dict[str, str] = {}
        for key, value in custom.items():
            if text := text_in(value):
                values |= {key: text, self._names.label(key): text}
        people = {requestor, *(mailbox.casefold() for mailbox in _copied(row))} if requestor else set[str]()
        return RemoteTicket(
            ref=str(row["id"]),
            status="Deleted" if row.get("deleted") else "Spam" if row.get("spam") else self._status_of(row),
            owner=self._names.called(row.get("responder_id")),
            queue=self._names.group(row.get("group_id")),
            subject=str(row.get("subject") or ""),
            requestor=requestor,
            people=frozenset(people),
            fields=frozenset(custom) | {self._names.label(key) for key in custom},
            language=values.get(self.tracker.fields.language, ""),
            tags=frozenset(map(str, row.get("tags") or [])),
            values=values,
            version=str(row.get("updated_at") or ""),
        )

    def _status_of(self, row: Json) -> str:
        return self._names.status(number_in(row.get("status")))

    # What is written

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Become its owner in place of `before`; of several at one moment, the last who wrote."""
        return settled(
            lambda: self._assign(ref, number_in(self._names.me().get("id")), before), lambda: self.ticket(ref)
        )

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        return self._assign(ref, self._names.number_of(owner) if owner else None, before)

    def _assign(self, ref: str, owner: int | None, before: str) -> RemoteTicket:
        """Set the owner where it still is `before`. A write between the two is not noticed: it is read back."""
        remote = self.ticket(ref)
        if remote.owner != before:
            return remote
        try:
            return self._updated(ref, {"responder_id": owner})
        except (NotFoundError, StaleError):
            raise
        except RefusedError as error:
            raise RefusedError(
                "Not assigned", f"Freshdesk does not give ticket {ref} away: the agent must see its group "
                f"({error.message})",
            ) from error  # fmt: skip

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status, and return its state afterwards; one that the account lacks becomes pending."""
        return self._updated(ref, {"status": self._names.status_number(status)})

    def set_fields(self, ref: str, values: Mapping[str, str], version: str) -> RemoteTicket:
        """Set custom fields. Raises StaleError if the ticket changed since that version."""
        row = self._row(ref)
        if version and row.get("updated_at") != version:
            raise StaleError("Changed", f"Ticket {ref} was changed in Freshdesk by a colleague.")
        wanted = self._names.custom(values, an_object(row, "custom_fields"))
        return self._updated(ref, {"custom_fields": wanted}) if wanted else self._remote(row)

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove tags. The list is written as a whole: it is read right before."""
        remote = self.ticket(ref)
        after = (remote.tags | {tag for tag in add if 0 < len(tag) <= LONGEST_TAG and "," not in tag}) - frozenset(
            remove
        )
        return self._updated(ref, {"tags": sorted(after)}) if after != remote.tags else remote

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Hand a reply over; its status and fields are set right after it.

        Raises RefusedError for a deleted ticket, a customer without an address, and files that are too large.
        """
        row = self._row(reply.ref)
        if row.get("deleted") or row.get("spam"):
            raise RefusedError(
                "Deleted there",
                f"Ticket {reply.ref} was deleted in Freshdesk, or is spam there; restore it there first.",
            )
        if not address(an_object(row, "requester")):
            raise RefusedError(
                "No reply there", f"The customer of ticket {reply.ref} has no mail address in Freshdesk; answer there."
            )
        if sum(len(content) for _, _, content in reply.files) > LARGEST_REPLY:
            raise RefusedError("Too large", f"Freshdesk takes files of {LARGEST_REPLY // 1_000_000} MB in a reply.")
        html, copied = marked(reply.text, reply.mark), _copied(row)
        # not named, the account's own mailbox answers
        sender = self._names.mailbox(row.get("email_config_id"))
        texts = {"body": html, **({"from_email": sender} if sender else {})}
        body: Any = {**texts, **({"cc_emails": copied} if copied else {})}
        if reply.files:
            body = form([*texts.items(), *(("cc_emails[]", mailbox) for mailbox in copied)], reply.files)
        offer = self.web.offer("POST", f"tickets/{int(reply.ref)}/reply", self._headers(), body)
        fields = self._names.custom(reply.fields, an_object(row, "custom_fields"))
        return ReplyOffer(self, reply, fields, offer)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a private note and return its number."""
        body = {"body": marked(text, mark), "private": True}
        return number_of(self.web.offer("POST", f"tickets/{int(ref)}/notes", self._headers(), body))

    def macros(self) -> Sequence[Json]:
        """Return the canned responses."""
        results: list[Json] = []
        for folder in objects(self._get("canned_response_folders")):
            rows = objects(self._get(f"canned_response_folders/{number_in(folder.get('id'))}/responses"))
            results += [{**row, "folder_name": folder.get("name")} for row in rows]
        return results

    def follow_up(self, reply: RemoteReply, fields: Json) -> None:
        """Set the status and the fields that go with a reply, the status even if the fields are not taken."""
        status = {"status": self._names.status_number(reply.status)} if reply.status else {}
        for wanted in ({**status, **({"custom_fields": fields} if fields else {})}, status):
            if wanted:
                try:
                    self._ask("PUT", f"tickets/{int(reply.ref)}", wanted)
                except RefusedError:
                    continue
            break

    def _updated(self, ref: str, wanted: Mapping[str, Any]) -> RemoteTicket:
        """Update a ticket, and return its new state: the answer to an update does not name the requester."""
        self._ask("PUT", f"tickets/{int(ref)}", wanted)
        return self.ticket(ref)

    # How

    def _row(self, ref: str) -> Json:
        return an_object(self._get(f"tickets/{int(ref)}", {"include": "requester"}))

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self.web.ask("GET", path, self._headers(), query=query).body

    def _ask(self, method: str, path: str, body: Any) -> Answer:
        return self.web.ask(method, path, self._headers(), body=body)

    def _headers(self) -> dict[str, str]:
        """Return who we are: the key as the user, and any password (RFC 7617)."""
        packed = base64.b64encode(f"{usable(self._token(self.tracker), self.name)}:X".encode()).decode()
        return {"Authorization": f"Basic {packed}", "Accept": "application/json"}


class ReplyOffer:
    """A reply that lacks its last byte, and what follows it."""

    def __init__(self, system: Freshdesk, reply: RemoteReply, fields: Json, offer: Offer) -> None:
        self._system, self._reply, self._fields, self._offer = system, reply, fields, offer

    def finish(self) -> int:
        """Complete it, and return its number. Raises DoubtError if it is unknown whether it was taken."""
        number = number_of(self._offer)
        with suppress(ConnectorError):  # the reply is there in any case, and its ticket is shown as it stands there
            self._system.follow_up(self._reply, self._fields)
        return number

    def drop(self) -> None:
        """Abandon it."""
        self._offer.drop()


def number_of(offer: Offer) -> int:
    """Complete a message, and return its number; 0 if the answer does not say."""
    return number_in(an_object(offer.finish().body).get("id"))


def _listed(value: Any) -> list[str]:
    """Return the addresses of a list of them, each with or without a name."""
    texts = value if isinstance(value, list) else []
    return [mailbox for text in texts for _, mailbox in addresses(str(text)) if "@" in mailbox]


def _copied(row: Json) -> list[str]:
    """Return who gets a copy of replies: whom the last one was copied to, else whom the customer's mail was."""
    requestor = address(an_object(row, "requester"))
    listed = (
        _listed(row["reply_cc_emails"]) if row.get("reply_cc_emails") is not None else _listed(row.get("cc_emails"))
    )
    return [mailbox for mailbox in dict.fromkeys(listed) if mailbox.casefold() != requestor]
