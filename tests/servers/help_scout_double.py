"""A Help Scout for the tests: its documented behaviour over real HTTP on the loopback, with faults on demand.

From developer.helpscout.com/mailbox-api (2.0). Answers are HAL: lists under `_embedded`, which an empty list lacks. An
application's number and secret give a token of two days. Writing counts twice, and the wait has a header of its own.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.servers.help_scout_conversations import (
    STATUSES,
    HelpScoutConversations,
    invalid,
    refused,
)
from tests.servers.hosted_double import HostedDouble, Json, Refusal, Request, Route, as_json, paged
from tests.servers.web_handler import Answer

PAGE, LARGE_PAGE = 25, 50
"""Rows of a page: of conversations and their threads, and of anything else."""
TWO_DAYS = 172_800
_HAL = {"Content-Type": "application/hal+json"}
_SORTS = (
    "createdAt",
    "customerEmail",
    "customerName",
    "mailboxid",
    "modifiedAt",
    "number",
    "score",
    "status",
    "subject",
)
_LISTED = ("active", "all", "closed", "open", "pending", "spam")


class HelpScoutDouble(HostedDouble):
    """Serves one account until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.state = HelpScoutConversations(self.passes)
        self.state.inboxes[85] = "Soporte"
        self.apps: dict[str, tuple[str, int]] = {}
        """By their numbers: the secret of an application, and who made it."""
        self.limit = 100_000
        """Requests a minute, of which one that writes counts as two."""
        self._tokens: dict[str, tuple[int, float]] = {}
        """Whose a token is, and until when."""
        self._used, self._minute = 0, 0
        self.url = self.host

    def add_agent(self, name: str) -> str:
        """Add a user, `NAME@team.example`, with an application, `app-of-NAME`, and return its secret."""
        number = self.state.add_user(name.title(), f"{name}@team.example")
        self.apps[f"app-of-{name}"] = f"secret-of-{name}", number
        return f"secret-of-{name}"

    def user(self, name: str) -> int:
        """Return a user's number."""
        return self.apps[f"app-of-{name}"][1]

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds go by."""
        self.now += seconds

    def forget_tokens(self) -> None:
        """Have no token be good any more."""
        self._tokens.clear()

    # Who asks, and how often

    def admit(self, request: Request) -> None:
        if request.path == "/v2/oauth2/token":
            return
        self._user(request)
        minute = int(self.now // 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        cost = 1 if request.method == "GET" else 2
        if self._used + cost > self.limit:
            headers = {"X-RateLimit-Retry-After": str(60 - int(self.now % 60))}
            raise Refusal(429, {"message": "API rate limit exceeded"}, headers)
        self._used += cost
        if request.body and request.kind != "application/json":
            raise refused(415, f"Content type '{request.kind}' not supported")

    def limits(self, request: Request) -> Mapping[str, str]:
        left = str(max(self.limit - self._used, 0))
        return {"X-RateLimit-Limit-Minute": str(self.limit), "X-RateLimit-Remaining-Minute": left}

    def _user(self, request: Request) -> int:
        kind, _, token = str(request.headers.get("Authorization", "")).partition(" ")
        user, until = self._tokens.get(token, (0, 0.0)) if kind.lower() == "bearer" else (0, 0.0)
        if not user or until <= self.now:
            raise Refusal(401, {"error": "invalid_token", "error_description": "The access token is not valid"})
        return user

    def _token(self, request: Request) -> Answer:
        """Give a token for an application (Authentication, Client Credentials flow)."""
        given = {name: values[-1] for name, values in request.query.items()}
        if request.kind == "application/json":
            given |= self._given(request)
        elif request.kind == "application/x-www-form-urlencoded":
            given |= {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        if given.get("grant_type") != "client_credentials":
            raise Refusal(400, {"error": "unsupported_grant_type", "error_description": "Grant type is not supported"})
        secret, user = self.apps.get(str(given.get("client_id")), ("", 0))
        if not secret or given.get("client_secret") != secret:
            raise Refusal(401, {"error": "invalid_client", "error_description": "Bad client credentials"})
        token = f"token-{self.number()}"
        self._tokens[token] = user, self.now + TWO_DAYS
        return 200, {}, {"token_type": "bearer", "access_token": token, "expires_in": TWO_DAYS}

    def nothing(self, request: Request, *, known: bool) -> Refusal:
        return refused(405 if known else 404, "Method not allowed" if known else "Not found")

    # What it answers

    def routes(self) -> list[Route]:
        conversation = r"/v2/conversations/(\d+)"
        return [
            ("POST", r"/v2/oauth2/token", self._token),
            ("GET", r"/v2/users/me", lambda request: self._one(self.state.users, self._user(request))),
            ("GET", r"/v2/users", self._users),
            ("GET", r"/v2/users/(\d+)", lambda request, number: self._one(self.state.users, number)),
            ("GET", r"/v2/customers/(\d+)", self._customer),
            ("GET", r"/v2/mailboxes", self._inboxes),
            ("GET", r"/v2/mailboxes/(\d+)", self._inbox),
            ("GET", r"/v2/mailboxes/(\d+)/fields", self._fields),
            ("GET", r"/v2/conversations", self._list),
            ("GET", conversation, self._get),
            ("PATCH", conversation, self._patch),
            ("GET", rf"{conversation}/threads", self._threads),
            ("POST", rf"{conversation}/reply", lambda request, number: self._say(request, number, note=False)),
            ("POST", rf"{conversation}/notes", lambda request, number: self._say(request, number, note=True)),
            ("PUT", rf"{conversation}/tags", self._tags),
            ("PUT", rf"{conversation}/fields", self._set_fields),
            ("GET", rf"{conversation}/attachments/(\d+)/data", self._data),
        ]

    def _one(self, known: Mapping[int, Json], number: int) -> Answer:
        if number not in known:
            raise refused(404, "Not found")
        return 200, _HAL, known[number]

    def _users(self, request: Request) -> Answer:
        email = request.one("email")
        rows = [row for row in self.state.users.values() if email in ("", row["email"])]
        return self._paged(request, "users", rows, LARGE_PAGE)

    def _customer(self, request: Request, number: int) -> Answer:
        if number not in self.state.customers:
            raise refused(404, "Not found")
        row = dict(self.state.customers[number])
        email = row.pop("email")
        emails = [{"id": 1, "value": email, "type": "work"}] if email else []
        return 200, _HAL, {**row, "_embedded": {"emails": emails}}

    def _inboxes(self, request: Request) -> Answer:
        user = self._user(request)
        rows = [self._as_inbox(number) for number in self.state.inboxes if self.state.sees(user, number)]
        return self._paged(request, "mailboxes", rows, LARGE_PAGE)

    def _inbox(self, request: Request, number: int) -> Answer:
        if number not in self.state.inboxes:
            raise refused(404, "Not found")
        return 200, _HAL, self._as_inbox(number)

    def _as_inbox(self, number: int) -> Json:
        links = {"fields": {"href": f"{self.url}/v2/mailboxes/{number}/fields"}}
        name = self.state.inboxes[number]
        return {"id": number, "name": name, "slug": f"slug{number}", "email": f"{name.lower()}@desk.example",
                "_links": links}  # fmt: skip

    def _fields(self, request: Request, number: int) -> Answer:
        rows = [{"id": field, "name": name, "type": "SINGLE_LINE", "required": False, "order": 1, "options": []}
                for field, name in self.state.fields.items()]  # fmt: skip
        return self._paged(request, "fields", rows, LARGE_PAGE)

    # Conversations

    def _list(self, request: Request) -> Answer:
        status, by, order = request.one("status", "active"), request.one("sortField", "createdAt"), "sortOrder"
        for name, value, choices in (("status", status, _LISTED), ("sortField", by, _SORTS),
                                     (order, request.one(order, "desc"), ("asc", "desc")),
                                     ("embed", request.one("embed", "threads"), ("threads",))):  # fmt: skip
            if value not in choices:
                raise invalid(name, f"Expected one of these: {', '.join(map(repr, choices))}", value, "QUERY")
        user, since = self._user(request), request.one("modifiedSince")
        if since and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", since):
            raise invalid("modifiedSince", "Malformed date, must be yyyy-MM-dd'T'HH:mm:ss'Z'", since, "QUERY")
        rows = [row for row in self.state.conversations.values()
                if self.state.sees(user, row["mailboxId"]) and _has_status(row, status)
                and (not since or row["modified"] > since) and _fits(row, request)]  # fmt: skip
        rows.sort(key=lambda row: (_key(self.state, row, by), row["id"]), reverse=request.one(order, "desc") == "desc")
        embed = request.one("embed") == "threads"
        return self._paged(request, "conversations", [self._shown(row, embed=embed) for row in rows], PAGE)

    def _get(self, request: Request, number: int) -> Answer:
        if number in self.state.merged:
            return 301, {"Location": f"{self.url}/v2/conversations/{self.state.merged[number]}"}, b""
        row = self.state.conversation(number, self._user(request))
        return 200, _HAL, self._shown(row, embed=request.one("embed") == "threads")

    def _shown(self, row: Json, *, embed: bool) -> Json:
        place = f"{self.url}/v2/conversations/{row['id']}"
        links = {"self": {"href": place}, "threads": {"href": f"{place}/threads/"},
                 "mailbox": {"href": f"{self.url}/v2/mailboxes/{row['mailboxId']}"}}  # fmt: skip
        more: Json = {"_embedded": {"threads": self._newest_first(row["id"])}} if embed else {}
        return {**self.state.shown(row), "_links": links, **more}

    def _newest_first(self, number: int) -> list[Json]:
        return [self._as_thread(number, one) for one in reversed(self.state.threads[number])]

    def _as_thread(self, number: int, thread: Json) -> Json:
        place = f"{self.url}/v2/conversations/{number}/attachments"
        files = [{**file, "_links": {"data": {"href": f"{place}/{file['id']}/data"}}} for file in thread["files"]]
        plain = {name: value for name, value in thread.items() if name not in ("files", "mailed")}
        return {**plain, "_embedded": {"attachments": files}}

    def _threads(self, request: Request, number: int) -> Answer:
        self.state.conversation(number, self._user(request))
        return self._paged(request, "threads", self._newest_first(number), PAGE)

    def _patch(self, request: Request, number: int) -> Answer:
        self.state.patch(number, self._user(request), self._given(request))
        return 204, {}, b""

    def _say(self, request: Request, number: int, *, note: bool) -> Answer:
        made = self.state.say(number, self._user(request), self._given(request), note=note)
        return 201, {"Resource-ID": str(made["id"])}, b""

    def _tags(self, request: Request, number: int) -> Answer:
        self.state.set_tags(number, self._user(request), _part(self._given(request), "tags"))
        return 204, {}, b""

    def _set_fields(self, request: Request, number: int) -> Answer:
        self.state.set_fields(number, self._user(request), _part(self._given(request), "fields"))
        return 204, {}, b""

    def _data(self, request: Request, number: int, attachment: int) -> Answer:
        self.state.conversation(number, self._user(request))
        if attachment not in {file["id"] for thread in self.state.threads[number] for file in thread["files"]}:
            raise refused(404, "Attachment not found")
        return 200, _HAL, {"data": base64.b64encode(self.state.files[attachment].content).decode()}

    # How

    def _given(self, request: Request) -> Any:
        try:
            return as_json(request.body)
        except ValueError:
            raise refused(400, "Malformed JSON") from None

    def _paged(self, request: Request, name: str, rows: list[Any], size: int) -> Answer:
        """Return a page, with links that bring the parameters along."""
        given = request.one("page", "1")
        if not given.isdigit() or int(given) < 1:
            raise invalid("page", "must be greater than or equal to 1", given, "QUERY")
        page, pages = int(given), max(-(-len(rows) // size), 1)
        links = {"self": self._link(request, page), "first": self._link(request, 1), "last": self._link(request, pages)}
        if page < pages:
            links["next"] = self._link(request, page + 1)
        shown, body = paged(rows, page, size), {"_links": links}
        about = {"size": size, "totalElements": len(rows), "totalPages": pages if rows else 0, "number": page}
        embedded: Json = {"_embedded": {name: shown}} if shown else {}
        return 200, _HAL, {**embedded, **body, "page": about}

    def _link(self, request: Request, page: int) -> Json:
        query = urlencode({**{name: values[-1] for name, values in request.query.items()}, "page": page})
        return {"href": f"{self.url}{request.path}?{query}"}


def _part(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, dict) else None


def _has_status(row: Json, status: str) -> bool:
    return row["status"] in (STATUSES if status == "all" else ("active", "pending") if status == "open" else (status,))


def _fits(row: Json, request: Request) -> bool:
    """Return whether a conversation is as the other parameters say."""
    wanted: Iterable[tuple[str, set[str]]] = (
        ("mailbox", {str(row["mailboxId"])}), ("number", {str(row["number"])}), ("tag", set(row["tags"])),
        ("assigned_to", {str(row["assignee"] or -1)}),
    )  # fmt: skip
    return all(known & set(request.one(name).split(",")) for name, known in wanted if name in request.query)


def _key(state: HelpScoutConversations, row: Json, by: str) -> str:
    """Return what a list is sorted by."""
    customer = state.customers[row["customer"]]
    keys = {"modifiedAt": row["modified"], "customerEmail": customer["email"], "customerName": customer["firstName"],
            "mailboxid": row["mailboxId"], "score": ""}  # fmt: skip
    return str(keys.get(by, row.get(by)))
