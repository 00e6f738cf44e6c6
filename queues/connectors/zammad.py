"""Zammad over its REST API: a search by the time of the latest change is the feed, articles are what happened.

Written from its documentation (docs.zammad.org, API) and, where that is silent, from what its source says of the API;
never tried against a live Zammad. A search by conditions asks its database, one by words an index that lags behind: so
conditions it is. It has no request that depends on a state, so a ticket that was taken is looked at again until its
owner stays, and a reply may come a moment after a message. Our mark is in an article's preferences: a Message-ID of
ours would be replaced.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from data.errors import ConnectorError, RefusedError, UnreachableError
from data.records.messages import Direction
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail, named
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.changed_since import ChangedSince, first_moment, moment
from queues.connectors.claims import settled
from queues.connectors.hosted import Json, an_object, number_in, objects, out_of_sight, text_in, usable
from queues.connectors.tls import context
from queues.connectors.web import NotFoundError, Offer, StaleError, TokenRefusedError, WebClient
from queues.connectors.web_system import SecretOf, SystemByTime
from queues.mail.addresses import addresses

PAGE = 100
"""How many tickets a page of a search has."""
ONE_BY_ONE = 3
"""How many articles are asked for singly; if more are new, all of the ticket's are."""
LOOK_BACK = 10
"""Among how many of the latest articles that of a customer is looked for."""
LARGEST_FILE = 10_000_000
REMINDER = timedelta(days=7)
"""When a ticket that waits for its customer is reminded of there: such a state needs a time."""
MARK = "tridesk"
"""The preference of an article that has our mark."""
_NO_ONE = 1
"""The number of the user who stands for no one."""
_SYSTEM = "Zammad"
_BY_MAIL = frozenset({"email", "phone", "web", "note", "fax", ""})
"""Kinds of articles that are answered by mail; other channels have replies of their own."""
_TYPES = {1: "new", 2: "open", 3: "pending reminder", 4: "pending close", 5: "closed", 6: "merged", 7: "removed"}
"""The state that stands for each type of states."""
_BYTES = "application/octet-stream"
_OWN = re.compile(
    r".*_ids?|id|(first_response|update|close)_(at|escalation_at|in_min|diff_in_min)|last_\w+_at|created_at|created_by"
    r"|updated_at|updated_by|article_count|escalation_at|pending_time|time_unit|ticket_time_accounting|customer|group"
    r"|create_article_(type|sender)|note|number|organization|owner|preferences|priority|state|tags|title|type"
)
"""The attributes that every ticket has; the others were added by its administrator."""


class Zammad(SystemByTime):
    """One Zammad, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS,
         Capability.OWNER, Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, token: SecretOf) -> None:
        """Take the settings and where the token is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._token = tracker, tracker.connector, token
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(
            f"{tracker.url}/api/v1", context=tls, per_minute=tracker.requests, file_hosts=tracker.file_hosts
        )
        self._feed = ChangedSince(lambda row: (str(row["id"]), moment(row.get("updated_at")), ""))
        self._me: Json = {}
        self._addresses: dict[int, str] = {}
        self._types: dict[str, str] = {}

    def me(self) -> str:
        """Return our login there."""
        self._me = self._me or an_object(self._get("users/me", {"expand": "true"}))
        if not self._me.get("login"):
            raise TokenRefusedError("Token refused", f"{self.web.place} does not say whose token this is; check it.")
        return str(self._me["login"])

    def check(self) -> str:
        """Ask who we are and for groups, states and tickets. Raises ConnectorError with what is wrong."""
        me = self.me()
        try:
            states = self._states()
            self._changed(first_moment(None), 1)
        except RefusedError as error:
            raise RefusedError(
                "No access", f"{self.web.place} does not let {me} read tickets; the token needs the permission "
                f"ticket.agent ({error.message})",
            ) from error  # fmt: skip
        groups = an_object(self._me, "groups")
        for queue in self.tracker.queues:
            if queue not in groups:
                raise ConnectorError(
                    "No such queue",
                    f"{self.web.place} has no group {queue!r} that {me} can see; it has "
                    f"{', '.join(sorted(groups)) or 'none'}.",
                )
        unknown = sorted(name for name, like in states.items() if not (self.tracker.here(name) or like))
        remark = f", set what {', '.join(unknown)} mean under `statuses`" if unknown else ""
        queues = len(self.tracker.queues) or len(groups)
        return f"Zammad, as {me}, {queues} {'group' if queues == 1 else 'groups'}{remark}"

    # What is read

    def newest(self) -> int:
        """Return how many tickets a first fetch brings; 0 where an older Zammad does not count them."""
        query = {"only_total_count": "true"}
        answer = self.web.ask(
            "POST", "tickets/search", self._headers(), query=query, reads=True,
            body=_since(first_moment(self.tracker.since)),
        )  # fmt: skip
        return number_in(an_object(answer.body).get("total_count"))

    def _changed(self, since: int, page: int) -> tuple[Sequence[Json], bool]:
        query = {"expand": "true", "sort_by": "updated_at", "order_by": "asc", "per_page": str(PAGE), "page": str(page)}
        answer = self.web.ask("POST", "tickets/search", self._headers(), query=query, body=_since(since), reads=True)
        rows = [row for row in objects(answer.body) if number_in(row.get("id"))]
        return rows, len(rows) >= PAGE

    def _batch(self, rows: Sequence[Json], filed: Filed, cursor: str = "", *, more: bool = False, done: int = 0
               ) -> Batch:  # fmt: skip
        events: list[Happened] = []
        tickets: dict[str, RemoteTicket] = {}
        moved: dict[str, str] = {}
        for row in rows:
            if self.tracker.queues and row.get("group") not in self.tracker.queues:
                continue
            ref = str(row["id"])
            try:
                remote = self._remote(row)
                events += self._happened(row, remote, filed)
            except RefusedError as error:  # deleted or moved since it was listed
                if out_of_sight(error, self._row, ref):
                    continue
                raise
            tickets[ref] = remote
            moved[ref] = _login(row.get("updated_by")) or _SYSTEM
        return Batch(tuple(events), tickets, moved, cursor, more, done)

    def _happened(self, row: Json, remote: RemoteTicket, filed: Filed) -> list[Happened]:
        """Return a ticket's articles that the desk does not have yet, oldest first."""
        fresh = [number for number in _article_numbers(row) if not filed(number)]
        articles = self._articles(remote.ref, fresh, len(_article_numbers(row))) if fresh else []
        said = [article for article in articles if number_in(article.get("id")) and not filed(article["id"])]
        return [self._as_mail(article, remote) for article in sorted(said, key=lambda row: int(row["id"]))]

    def _articles(self, ref: str, fresh: Sequence[int], of: int) -> Sequence[Json]:
        """Return these articles of a ticket: singly if they are few, or too large to come together."""
        if len(fresh) > ONE_BY_ONE or len(fresh) == of > 1:
            try:
                return objects(self._get(f"ticket_articles/by_ticket/{int(ref)}", {"expand": "true"}))
            except (NotFoundError, UnreachableError, RefusedError):
                raise
            except ConnectorError:  # larger than what is read of one answer
                pass
        return [article for number in fresh if (article := self._article(number))]

    def _article(self, number: int) -> Json:
        """Return one article; empty if it was taken away."""
        try:
            return an_object(self._get(f"ticket_articles/{number}", {"expand": "true"}))
        except NotFoundError:
            return {}

    def _as_mail(self, article: Json, remote: RemoteTicket) -> Happened:
        number, sender = int(article["id"]), str(article.get("sender") or "")
        internal = article.get("internal") is True or sender == "System"
        direction = Direction.NOTE if internal else Direction.IN if sender == "Customer" else Direction.OUT
        body, is_html = str(article.get("body") or ""), "html" in str(article.get("content_type") or "")
        written = Written(
            sender=_sender(article, remote.requestor),
            recipient="" if direction is Direction.IN else remote.requestor,
            subject=str(article.get("subject") or "") or remote.subject,
            at=moment(article.get("created_at")) // 1000,
            message_id=str(article.get("message_id") or "") or f"<zammad-article-{number}@{self.web.host}>",
            plain="" if is_html else body,
            html=body if is_html else "",
            files=[self._file(article, file) for file in objects(article.get("attachments"))],
            copied=[address for _, address in addresses(str(article.get("cc") or ""))],
        )
        by_us = _login(article.get("created_by")) == self.me()
        mark = str(an_object(article.get("preferences")).get(MARK) or "") if by_us else ""
        return Happened(number, remote.ref, as_mail(written, self.web.host), direction, written.at, mark)

    def _file(self, article: Json, file: Json) -> tuple[str, str, bytes]:
        """Return a file of an article; without content if it is too large, or no longer there."""
        known = an_object(file.get("preferences"))
        kind = str(known.get("Mime-Type") or known.get("Content-Type") or _BYTES).partition(";")[0]
        name, content, size = str(file.get("filename") or "attachment"), b"", str(file.get("size") or "0")
        if not (size.isdigit() and int(size) > LARGEST_FILE):
            path = f"{int(article['ticket_id'])}/{int(article['id'])}/{int(file['id'])}"
            try:
                url = f"{self.tracker.url}/api/v1/ticket_attachment/{path}"
                content = self.web.download(url, self._headers(), LARGEST_FILE)
            except RefusedError:
                pass
        return name, kind, content

    def _remote(self, row: Json) -> RemoteTicket:
        requestor = self._address_of(row)
        values = {name: text for name, value in row.items() if _is_own(name, value) and (text := text_in(value))}
        fields = {name: key for name in self.tracker.fields.names if (key := _field(row, name))}
        state = str(row.get("state") or "")
        return RemoteTicket(
            ref=str(row["id"]),
            status=state,
            owner=_login(row.get("owner")),
            queue=str(row.get("group") or ""),
            subject=str(row.get("title") or ""),
            requestor=requestor,
            fields=frozenset(fields) | {name for name, value in row.items() if _is_own(name, value)},
            language=values.get(fields.get(self.tracker.fields.language, ""), ""),
            like="" if self.tracker.here(state) else self._states().get(state, ""),
            tags=self._tags(str(row["id"])),
            values=values,
            version=str(row.get("updated_at") or ""),
        )

    def _address_of(self, row: Json) -> str:
        """Return the customer's mail address: the login is one for most, and need not be."""
        number = number_in(row.get("customer_id"))
        if number not in self._addresses and number:
            if len(self._addresses) > 10_000:
                self._addresses.clear()
            try:
                user = an_object(self._get(f"users/{number}"))
            except RefusedError:  # taken away, or not ours to see
                user = {"email": row.get("customer")}
            address = str(user.get("email") or "").casefold()
            self._addresses[number] = address if "@" in address else ""
        return self._addresses.get(number, "")

    def _tags(self, ref: str) -> frozenset[str]:
        tags = an_object(self._get("tags", {"object": "Ticket", "o_id": ref})).get("tags")
        return frozenset(map(str, tags)) if isinstance(tags, list) else frozenset()

    def _states(self) -> dict[str, str]:
        """Return for each state the built-in one of its type."""
        if not self._types:
            rows = objects(self._get("ticket_states"))
            types = {str(row.get("name")): _TYPES.get(number_in(row.get("state_type_id")), "") for row in rows}
            self._types = types or {"": ""}
        return self._types

    # What is written

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Become its owner in place of `before`; of several at one moment, the last who wrote."""
        return settled(lambda: self.give(ref, self.me(), before), lambda: self.ticket(ref))

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands. A write right before ours is not noticed."""
        remote = self.ticket(ref)
        if remote.owner != before or remote.owner == owner:
            return remote
        try:
            return self._updated(ref, {"owner": owner} if owner else {"owner_id": _NO_ONE})
        except (NotFoundError, StaleError):
            raise
        except RefusedError as error:
            raise RefusedError(
                "Not assigned",
                f"Zammad does not give ticket {ref} away: name an agent of its group by login ({error.message})",
            ) from error  # fmt: skip

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the state, and return the ticket's state afterwards."""
        return self._updated(ref, self._state(status))

    def set_fields(self, ref: str, values: Mapping[str, str], version: str) -> RemoteTicket:
        """Set attributes of the ticket. Raises StaleError if it changed since that version."""
        row = self._row(ref)
        if version and row.get("updated_at") != version:
            raise StaleError("Changed", f"Ticket {ref} was changed in Zammad by a colleague.")
        wanted = {key: value or None for name, value in values.items() if (key := _field(row, name))}
        return self._updated(ref, wanted) if wanted else self._remote(row)

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove tags, one by one; one that it does not let us create stays here."""
        present = self._tags(ref)
        for tag in sorted(frozenset(remove) & present):
            self._ask("DELETE", "tags/remove", {"item": tag, "object": "Ticket", "o_id": int(ref)})
        for tag in sorted(frozenset(add) - present):
            try:
                self._ask("POST", "tags/add", {"item": tag, "object": "Ticket", "o_id": int(ref)})
            except NotFoundError:
                raise
            except RefusedError:
                continue
        return self.ticket(ref)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Hand an article over that is sent as mail, with state and attributes, in one update.

        Raises RefusedError for a ticket that was merged, and for channels that are not answered by mail.
        """
        row = self._row(reply.ref)
        if row.get("state") in ("merged", "removed"):
            raise RefusedError(
                "Merged there",
                f"Ticket {reply.ref} was merged or removed in Zammad; answer the one that it is part of.",
            )
        answered = self._latest_of_customer(row)
        kind = str(answered.get("type") or row.get("create_article_type") or "")
        to = reply.recipient or self._address_of(row)
        if kind not in _BY_MAIL or "@" not in to:
            raise RefusedError(
                "Another channel there", f"The customer of ticket {reply.ref} did not write by mail; answer in Zammad."
            )
        article = _worded(reply.text, reply.mark, kind="email", internal=False) | {
            "subject": str(row.get("title") or ""),
            "to": to,
            "cc": ", ".join(_copied(answered, to)),
            "in_reply_to": str(answered.get("message_id") or ""),
        }
        if reply.files:
            article["attachments"] = [
                {"filename": name, "data": base64.b64encode(content).decode(), "mime-type": of or _BYTES}
                for name, of, content in reply.files
            ]
        fields = {key: value for name, value in reply.fields.items() if (key := _field(row, name))}
        body = {**(self._state(reply.status) if reply.status else {}), **fields, "article": article}
        before = frozenset(_article_numbers(row))
        return ReplyOffer(self.web.offer("PUT", f"tickets/{int(reply.ref)}", self._headers(), body), before)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write an internal note and return its number."""
        body = {"ticket_id": int(ref), **_worded(text, mark, kind="note", internal=True)}
        answer = self.web.offer("POST", "ticket_articles", self._headers(), body).finish()
        return number_in(an_object(answer.body).get("id"))

    def _updated(self, ref: str, wanted: Mapping[str, Any]) -> RemoteTicket:
        """Update a ticket, and return its new state from the answer."""
        answer = self.web.ask("PUT", f"tickets/{int(ref)}", self._headers(), query={"expand": "true"}, body=wanted)
        row = an_object(answer.body)
        return self._remote(row) if "state" in row else self.ticket(ref)

    def _state(self, state: str) -> dict[str, str]:
        """Return a state as an update names it; one that waits needs to know until when."""
        like = state if state in _TYPES.values() else self._states().get(state, "")
        if not like.startswith("pending"):
            return {"state": state}
        until = datetime.fromtimestamp(time.time(), UTC) + REMINDER
        return {"state": state, "pending_time": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _latest_of_customer(self, row: Json) -> Json:
        """Return the customer's latest article; empty if none of the latest is theirs."""
        for number in sorted(_article_numbers(row), reverse=True)[:LOOK_BACK]:
            article = self._article(number)
            if article.get("sender") == "Customer" and article.get("internal") is not True:
                return article
        return {}

    # How

    def _row(self, ref: str) -> Json:
        return an_object(self._get(f"tickets/{int(ref)}", {"expand": "true"}))

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self.web.ask("GET", path, self._headers(), query=query).body

    def _ask(self, method: str, path: str, body: Any) -> Any:
        return self.web.ask(method, path, self._headers(), body=body).body

    def _headers(self) -> dict[str, str]:
        token = usable(self._token(self.tracker), self.name)
        return {"Authorization": f"Token token={token}", "Accept": "application/json"}


class ReplyOffer:
    """An update with an article that lacks its last byte."""

    def __init__(self, offer: Offer, before: frozenset[int]) -> None:
        self._offer, self._before = offer, before

    def finish(self) -> int:
        """Complete it, and return its article's number; 0 if others came with it and only the mark can tell."""
        new = set(_article_numbers(an_object(self._offer.finish().body))) - self._before
        return new.pop() if len(new) == 1 else 0

    def drop(self) -> None:
        """Abandon it."""
        self._offer.drop()


def _since(moment: int) -> dict[str, Any]:
    """Return what asks for all that changed since a moment, whether the moment itself counts as after it or not."""
    at = datetime.fromtimestamp((moment - 1) / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"condition": {"ticket.updated_at": {"operator": "after (absolute)", "value": at}}}


def _article_numbers(row: Json) -> list[int]:
    numbers = row.get("article_ids")
    return sorted(filter(None, map(number_in, numbers))) if isinstance(numbers, list) else []


def _login(value: Any) -> str:
    """Return who is named; a dash stands for no one."""
    return "" if value in (None, "-") else str(value)


def _sender(article: Json, requestor: str) -> str:
    """Return who wrote an article: as its mail says, else the customer or the agent by name and address."""
    said = str(article.get("from") or "")
    if any(address for _, address in addresses(said)):
        return said
    login = _login(article.get("origin_by")) or _login(article.get("created_by"))
    address = requestor if article.get("sender") == "Customer" else login if "@" in login else ""
    return named(said or login or "nobody", address)


def _copied(article: Json, to: str) -> Iterator[str]:
    """Return who got the customer's mail as a copy, without whom it was written to: that is us."""
    ours = {address.casefold() for _, address in addresses(str(article.get("to") or ""))} | {to.casefold()}
    for _, address in addresses(str(article.get("cc") or "")):
        if "@" in address and address.casefold() not in ours:
            yield address


def _worded(text: str, mark: str, *, kind: str, internal: bool) -> dict[str, Any]:
    return {
        "body": text,
        "content_type": "text/plain",
        "type": kind,
        "sender": "Agent",
        "internal": internal,
        "preferences": {MARK: mark},
    }


def _is_own(name: str, value: Any) -> bool:
    """Return whether an attribute of a ticket was added by its administrator."""
    return not _OWN.fullmatch(name) and not isinstance(value, (list, dict))


def _field(row: Json, name: str) -> str:
    """Return the attribute that is meant by a name, whatever its case; empty if the ticket has none."""
    wanted = name.casefold().replace(" ", "_")
    return next((key for key, value in row.items() if key.casefold() == wanted and _is_own(key, value)), "")
