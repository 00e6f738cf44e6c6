"""Zendesk Support over its REST API: the incremental export is the feed, audits are what happened, an update that names
the time it read (`safe_update`) is the claim and the reply.

Written from Zendesk's documentation (developer.zendesk.com: Incremental Exports, Ticket Audits, Tickets, Attachments,
Rate limits), never tried against the live service. An export leaves the last minute out, so a ticket is looked at
itself before a reply leaves. Our mark is in the metadata of an update's audit.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from data.errors import ConnectorError, RefusedError, UnreachableError
from queues.accounts.systems.zendesk import KIND
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.budget import MINUTE, Budget
from queues.connectors.hosted import out_of_sight
from queues.connectors.tls import context
from queues.connectors.web import Answer, NotFoundError, Offer, Packed, StaleError, TokenRefusedError, WebClient
from queues.connectors.web_system import SecretOf, WebSystem
from queues.connectors.zendesk_audits import MARK, comment_of, messages, mover
from queues.connectors.zendesk_names import Json, Names, address, listed, rows_of
from queues.connectors.zendesk_tickets import Tickets

AT_ONCE = 50
"""How many tickets a page of the export holds: the audits of each are a request."""
EXPORTS = 8
"""How often a minute the export is asked at most; Zendesk takes ten of the whole account."""
LARGEST_FILE = 10_000_000
FILE_HOSTS = ("*.zendesk.com", "*.zdusercontent.com")
"""Where Zendesk keeps files; a comment may name any address."""
TRIES = 3
"""How often a claim is tried on a ticket that changes at that moment."""
UPDATES, UPDATES_WITHIN = 30, 10 * MINUTE
"""How many updates of one ticket Zendesk takes of one user, and in how many seconds."""
_AGENTS = ("agent", "admin")
_SYSTEM = "Zendesk"
"""Who changed what no person changed."""


class Zendesk(WebSystem):
    """One Zendesk account, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS, Capability.OWNER,
         Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS, Capability.GUARD}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, token: SecretOf) -> None:
        """Take the settings and where the token is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._token = tracker, tracker.connector, token
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(
            f"{tracker.url}/api/v2",
            context=tls,
            per_minute=tracker.requests,
            file_hosts=(*FILE_HOSTS, *tracker.file_hosts),
        )
        self._exports = Budget(EXPORTS)
        self._updates: dict[str, Budget] = {}
        """By ticket."""
        self._names = Names(self._get)
        self._tickets = Tickets(tracker, self._names)
        self._done = 0

    def me(self) -> str:
        """Return our address there."""
        results = self._names.me()
        if results.get("role") not in _AGENTS:
            raise TokenRefusedError(
                "Token refused", f"{self.web.place} does not accept the token for an agent; user is the agent's e-mail "
                "address, or empty for an OAuth token.",
            )  # fmt: skip
        return address(results)

    def check(self) -> str:
        """Ask who we are, for the export and for the queues. Raises ConnectorError with what is wrong."""
        me = self.me()
        try:
            self._export({"start_time": str(self._start()), "per_page": "1"})
        except RefusedError as error:
            raise RefusedError(
                "No export", f"{self.web.place} does not let {me} read the incremental export; it "
                f"takes an administrator's token ({error.message})",
            ) from error  # fmt: skip
        self._tickets.check_queues(self.web.place, me)
        queues = len(self.tracker.queues) or "all"
        used = f"{self.requests} of {self.tracker.requests} requests a minute"
        return f"Zendesk, as {me}, {queues} {'queue' if queues == 1 else 'queues'}, {used}"

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return a page of what changed after the cursor: a request, and one more a ticket."""
        query = {"cursor": cursor} if cursor else {"start_time": str(self._start())}
        body = self._export({**query, "per_page": str(AT_ONCE)})
        results = listed(body, "tickets")
        self._tickets.know(results)
        self._done += len(results)
        more = bool(results) and body.get("end_of_stream") is False
        mirrored = [row for row in results if self._tickets.queue(row) is not None]
        return self._batch(mirrored, filed, str(body.get("after_cursor") or cursor), more=more)

    def look(self, ref: str, filed: Filed) -> Batch:
        """Return what happened to one ticket up to now; nothing if it is no longer there, or no longer ours to see."""
        try:
            row = self._ticket_row(ref)
        except RefusedError:
            return self._batch([], filed)
        return self._batch([row], filed)

    def newest(self) -> int:
        """Return how many tickets a first fetch brings."""
        since = self.tracker.since
        query = "type:ticket" + (f" updated>={since.isoformat()}" if since else "")
        count = self._get("search/count", {"query": query}).get("count")
        return count if isinstance(count, int) else 0

    def ticket(self, ref: str) -> RemoteTicket:
        """Return a ticket's state. Raises NotFoundError."""
        row = self._ticket_row(ref)
        return self._tickets.remote(row)

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Become its owner in place of `before`; who was first has it."""
        return self._assign(ref, int(self._names.me()["id"]), before)

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        return self._assign(ref, self._names.agent(owner) if owner else None, before)

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status, and return its state afterwards."""
        return self._updated(ref, self._status(status))

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove tags, unless the ticket changes at that moment; return its new state."""
        for _ in range(TRIES):
            row = self._ticket_row(ref)
            before = frozenset(map(str, row.get("tags") or []))
            after = (before | _possible(add)) - frozenset(remove)
            if after == before:
                return self._tickets.remote(row)
            try:
                return self._updated(ref, {"tags": sorted(after), **_only(row)})
            except StaleError:
                continue
        return self.ticket(ref)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Hand a public comment over, with status, fields, tags and files in the one update.

        Raises RefusedError for a closed ticket, which can never be updated, and for a conversation in Zendesk's
        messenger, whose customers get no mail.
        """
        row = self._ticket_row(reply.ref)
        if row.get("from_messaging_channel"):
            raise RefusedError(
                "A chat there", f"Ticket {reply.ref} is a messaging conversation: its customer would not get this as "
                "mail. Answer it in Zendesk's Agent Workspace.",
            )  # fmt: skip
        if row.get("status") == "closed":
            raise RefusedError(
                "Closed there", f"Ticket {reply.ref} is closed in Zendesk and can never be changed again; open a "
                "follow-up of it there, and answer that.",
            )  # fmt: skip
        wanted = self._comment(reply.text, reply.mark, public=True) | self._status(reply.status)
        if reply.fields:
            wanted["custom_fields"] = self._names.values(reply.fields)
        if reply.tags:
            wanted["tags"] = sorted(_possible(reply.tags) | frozenset(map(str, row.get("tags") or [])))
        if reply.files:
            wanted["comment"]["uploads"] = [self._upload(*file) for file in reply.files]
        wanted |= _only({"updated_at": reply.version} if reply.version else row)
        return self._commented(reply.ref, wanted)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a private comment and return its number."""
        return self._commented(ref, self._comment(text, mark, public=False)).finish()

    def macros(self) -> Sequence[Json]:
        """Return the macros in use that we may see, as Zendesk writes them."""
        return self._names.rows("macros/active", {}, "macros")

    # What is read

    def _start(self) -> int:
        since = self.tracker.since
        return int(datetime.combine(since, time(), UTC).timestamp()) if since else 1

    def _export(self, query: Mapping[str, str]) -> dict[str, Any]:
        self._exports.spend(self.web.pause)
        body = self._get("incremental/tickets/cursor.json", query)
        return body if isinstance(body, dict) else {}

    def _ticket_row(self, ref: str) -> Json:
        return rows_of(self._get(_path(ref), {}), "ticket")

    def _batch(self, results: Sequence[Json], filed: Filed, cursor: str = "", *, more: bool = False) -> Batch:
        """Return what these tickets' audits say; of a deleted ticket only that it is deleted."""
        events: list[Happened] = []
        tickets: dict[str, RemoteTicket] = {}
        moved: dict[str, str] = {}
        for row in results:
            remote = self._tickets.remote(row)
            deleted = remote.status == "deleted"
            try:
                audits = [] if deleted else self._names.rows(f"tickets/{remote.ref}/audits", {}, "audits")
            except RefusedError as error:  # taken away or moved since it was listed
                if out_of_sight(error, self._ticket_row, remote.ref):
                    continue
                raise
            tickets[remote.ref] = remote
            events += messages(audits, remote, self._names, self.web.host, filed, self._file)
            by = mover(audits)
            if by is not None or deleted:
                moved[remote.ref] = self._names.called(by) or _SYSTEM
        return Batch(tuple(events), tickets, moved, cursor, more, self._done)

    def _file(self, row: Mapping[str, Any]) -> bytes:
        """Return an attachment's bytes; none if it is too large, or withheld.

        A brand with a host of its own has a second address for it, where the first may not answer.
        """
        if int(row.get("size") or 0) > LARGEST_FILE:
            return b""
        for place in dict.fromkeys(str(row.get(name) or "") for name in ("content_url", "mapped_content_url")):
            try:
                return self.web.download(place, self._headers(), LARGEST_FILE)
            except RefusedError:
                continue
        return b""

    # What is written

    def _assign(self, ref: str, owner: int | None, before: str) -> RemoteTicket:
        """Set the assignee, and name the group that it is in: else an agent of another group takes it along there.

        Raises RefusedError where that agent is not in the group.
        """
        for _ in range(TRIES):
            row = self._ticket_row(ref)
            remote = self._tickets.remote(row)
            if remote.owner != before or self._seconds_until_update(ref):
                return remote
            group = {"group_id": row["group_id"]} if owner and row.get("group_id") else {}
            try:
                return self._updated(ref, {"assignee_id": owner, **group, **_only(row)})
            except StaleError:
                continue  # whoever has it now is read again
            except RefusedError as error:
                if not group or isinstance(error, NotFoundError):
                    raise
                raise RefusedError(
                    "Not assigned", f"Ticket {ref} is in the group {self._names.group(row['group_id'])} of Zendesk, "
                    f"and {self._names.called(owner)} may not have it there; add the agent to that group. "
                    f"{error.message}",
                ) from error  # fmt: skip
        return self.ticket(ref)

    def _seconds_until_update(self, ref: str) -> float:
        """Return after how many seconds Zendesk takes another update of this ticket from us."""
        return self._updates[ref].wait() if ref in self._updates else 0.0

    def _count_update(self, ref: str) -> None:
        """Note an update of a ticket. Raises ConnectorError where it would be one too many: other tickets go on."""
        seconds = self._seconds_until_update(ref)
        if seconds:
            raise ConnectorError(
                "Too many updates", f"{self.web.place} takes {UPDATES} updates of a ticket in "
                f"{UPDATES_WITHIN / MINUTE:.0f} minutes; ticket {ref} goes on in {seconds:.0f} seconds.",
            )  # fmt: skip
        self._updates = {known: budget for known, budget in self._updates.items() if budget.used()}
        self._updates.setdefault(ref, Budget(UPDATES, seconds=UPDATES_WITHIN)).spend(self.web.pause)

    def _commented(self, ref: str, wanted: Mapping[str, Any]) -> ReplyOffer:
        """Offer an update with a comment."""
        self._count_update(ref)
        return ReplyOffer(self.web.offer("PUT", _path(ref), self._headers(), {"ticket": dict(wanted)}))

    def _updated(self, ref: str, wanted: Mapping[str, Any]) -> RemoteTicket:
        """Update a ticket, and return its new state from the answer."""
        self._count_update(ref)
        body = self._ask("PUT", _path(ref), body={"ticket": dict(wanted)}).body
        row = rows_of(body, "ticket")
        return self._tickets.remote(row) if row else self.ticket(ref)

    def _status(self, status: str) -> dict[str, Any]:
        """Return the status as an update names it: a custom status by its number."""
        number = self._names.own_status_number(status) if status and status not in KIND.statuses else None
        return {} if not status else {"custom_status_id": number} if number else {"status": status}

    def _comment(self, text: str, mark: str, *, public: bool) -> dict[str, Any]:
        """Return a comment with our mark, which the audit has under `metadata.custom` (Ticket Audits)."""
        return {"comment": {"body": text, "public": public}, "metadata": {MARK: mark}}

    def _upload(self, name: str, kind: str, content: bytes) -> str:
        """Put a file there, and return the token that a comment names it by."""
        answer = self._ask("POST", "uploads.json", query={"filename": name}, body=Packed(content, kind))
        token = rows_of(answer.body, "upload").get("token")
        if not token:
            raise UnreachableError(
                "File not taken", f"{self.web.place} accepted {name} without returning a token; it is tried again."
            )
        return str(token)

    # How

    def _get(self, path: str, query: Mapping[str, str]) -> Any:
        return self._ask("GET", path if path.endswith(".json") else f"{path}.json", query=query).body

    def _ask(self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        return self.web.ask(method, path, self._headers(), query=query, body=body)

    def _headers(self) -> dict[str, str]:
        """Return who we are: an API token goes with its owner's address (RFC 7617), an OAuth token alone (RFC 6750)."""
        token, user = self._token(self.tracker), self.tracker.user
        if not token.isascii() or not token.isprintable():
            raise UnreachableError(
                "No token", f"The token of {self.name} contains characters that no token has; enter it again."
            )
        packed = base64.b64encode(f"{user}/token:{token}".encode()).decode()
        return {"Authorization": f"Basic {packed}" if user else f"Bearer {token}", "Accept": "application/json"}


class ReplyOffer:
    """An update with a comment that lacks its last byte."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer

    def finish(self) -> int:
        """Complete it, and return its comment's number. Raises StaleError if the ticket changed."""
        return comment_of(rows_of(self._offer.finish().body, "audit"))

    def drop(self) -> None:
        """Abandon it."""
        self._offer.drop()


def _path(ref: str) -> str:
    return f"tickets/{int(ref)}.json"


def _only(row: Json) -> dict[str, Any]:
    """Return what has an update refused with 409 where the ticket is no longer this one."""
    return {"safe_update": True, "updated_stamp": str(row.get("updated_at") or "")}


def _possible(tags: Collection[str]) -> frozenset[str]:
    """Return the tags that Zendesk takes as they are: it folds case, and splits a tag at a space."""
    return frozenset(tag for tag in tags if tag and tag == tag.lower() and not any(map(str.isspace, tag)))
