"""A Zendesk for the tests: its documented behaviour over real HTTP on the loopback, with faults on demand."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.web_handler import Answer, WebHandler
from tests.servers.zendesk_tickets import Json, Refusal, ZendeskTickets

_Query = dict[str, str]


class ZendeskDouble:
    """Serves one account until it is closed. `heard` are the requests so far: method, path, user (0: nobody)."""

    def __init__(self) -> None:
        self.state = ZendeskTickets(int(time.time()) - 500_000)
        self.tokens: dict[str, str] = {}
        """By agent."""
        self.users: dict[str, int] = {}
        """The agents' numbers."""
        self._known: dict[str, tuple[str, int]] = {}
        """By token: the address that goes with it (empty: an OAuth token), and whose it is."""
        self.heard: list[tuple[str, str, int]] = []
        self.answered: list[int] = []
        """The statuses of the answers."""
        self.limit = 100_000
        """Requests a minute; what is beyond them is refused with 429."""
        self.retry_after = 30
        self.updates_left: int | None = None
        """Updates that the account may still make in this minute; not said where it is None."""
        self._used = 0
        self._faults: deque[tuple[str, str, int, dict[str, str]]] = deque()
        self._meanwhile: list[tuple[str, str, Callable[[], object]]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.elsewhere = f"http://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def add_agent(self, name: str, *, role: str = "admin", bearer: bool = False) -> str:
        """Add an agent, `NAME@team.example`, and return their token."""
        self.users[name] = self.state.add_user(name.title(), f"{name}@team.example", role)
        self.tokens[name] = f"token-of-{name}"
        self._known[self.tokens[name]] = ("" if bearer else f"{name}@team.example", self.users[name])
        return self.tokens[name]

    def fault(self, method: str, path: str, status: int, headers: dict[str, str] | None = None) -> None:
        """Answer the next such request with a status; 0 ends the connection unheard, -1 after the work is done."""
        self._faults.append((method, path, status, headers or {}))

    def meanwhile(self, method: str, path: str, work: Callable[[], object]) -> None:
        """Do something just before the next such request is answered."""
        self._meanwhile.append((method, path, work))

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and body; a status of 0 ends the connection without an answer."""
        parts = urlsplit(target)
        with self._lock:
            user = self._user(headers.get("Authorization", ""))
            self.heard.append((method, parts.path, user))
            for one in [one for one in self._meanwhile if one[0] == method and one[1] in parts.path]:
                self._meanwhile.remove(one)
                one[2]()
            fault = self._fault(method, parts.path)
            if fault and fault[0] >= 0:
                return fault[0], fault[1], {"error": "Fault"} if fault[0] else b""
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            try:
                if parts.path.startswith(("/attachments/", "/files/")):
                    return self._file(parts.path)
                found = self._work(method, parts.path, query, headers, body, user)
            except Refusal as refusal:
                return refusal.status, refusal.headers, refusal.body
            return 0 if fault else found[0], self._limits(method, parts.path), found[1]

    def _fault(self, method: str, path: str) -> tuple[int, dict[str, str]] | None:
        for one in self._faults:
            if one[0] == method and one[1] in path:
                self._faults.remove(one)
                return one[2], one[3]
        return None

    def _user(self, authorization: str) -> int:
        kind, _, given = authorization.partition(" ")
        if kind == "Basic":
            address, _, token = base64.b64decode(given).decode().partition("/token:")
        else:
            address, token = "", given
        known = self._known.get(token)
        return known[1] if known and known[0] == address else 0

    def _limits(self, method: str, path: str) -> dict[str, str]:
        """Return the limits of the account, and of an endpoint that has one (Rate limits, Endpoint rate limits)."""
        left = str(max(self.limit - self._used, 0))
        limits = {"X-Rate-Limit": str(self.limit), "X-Rate-Limit-Remaining": left, "ratelimit-reset": "41"}
        if method == "PUT" and self.updates_left is not None and re.search(r"/tickets/\d+", path):
            self.updates_left = max(self.updates_left - 1, 0)
            limits["Zendesk-RateLimit-tickets-update"] = f"total=100; remaining={self.updates_left}; resets=17"
        return limits

    def _work(self, method: str, path: str, query: _Query, headers: Any, body: bytes, user: int) -> tuple[int, Any]:
        if not user:
            raise Refusal(401, {"error": "Couldn't authenticate you"})
        self._used += 1
        if self._used > self.limit:
            self._used = 0
            raise Refusal(429, {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per "
                                "minute exceeded"}, {"Retry-After": str(self.retry_after)})  # fmt: skip
        plain = path.removeprefix("/api/v2/").removesuffix(".json")
        if method == "POST" and plain == "uploads":
            return 201, self._upload(query, headers.get("Content-Type", ""), body)
        wanted = json.loads(body) if body else {}
        for verb, pattern, work in self._routes():
            found = re.fullmatch(pattern, plain)
            if verb == method and found:
                return 200, work(user, query, wanted, *(int(one) for one in found.groups()))
        raise Refusal(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        state = self.state
        return [
            ("GET", r"users/me", lambda user, *_: {"user": state.users[user]}),
            ("GET", r"users", lambda user, query, _: self._listed("users", self._agents(), query)),
            ("GET", r"users/show_many", lambda user, query, _: {"users": self._many(state.users, query)}),
            ("GET", r"tickets/show_many", lambda user, query, _: {"tickets": self._many(state.tickets, query)}),
            ("GET", r"groups", lambda user, query, _: self._listed("groups", _named(state.groups), query)),
            ("GET", r"brands", lambda user, query, _: self._listed("brands", _named(state.brands), query)),
            ("GET", r"ticket_fields", lambda user, query, _: {"ticket_fields": list(state.fields.values())}),
            ("GET", r"custom_statuses", lambda user, *_: {"custom_statuses": list(state.statuses.values())}),
            ("GET", r"views", lambda user, query, _: self._listed("views", list(state.views.values()), query)),
            ("GET", r"views/(\d+)/tickets", self._in_view),
            ("GET", r"macros/active", lambda user, query, _: self._listed("macros", self._macros(), query)),
            ("GET", r"search/count", lambda *_: {"count": len(state.tickets)}),
            ("GET", r"incremental/tickets/cursor", self._export),
            ("GET", r"tickets/(\d+)", lambda user, query, _, ticket: {"ticket": self._one(ticket)}),
            ("GET", r"tickets/(\d+)/audits", self._audits),
            ("PUT", r"tickets/(\d+)", self._update),
        ]

    def _agents(self) -> list[Json]:
        return [one for one in self.state.users.values() if one["role"] != "end-user"]

    def _macros(self) -> list[Json]:
        return [one for one in self.state.macros if one["active"]]

    def _many(self, known: dict[int, Json], query: _Query) -> list[Json]:
        wanted = query.get("ids", "").split(",")
        if len(wanted) > 100:
            raise Refusal(400, {"error": "TooManyValues", "description": "Supports up to 100 ids"})
        return [known[int(one)] for one in wanted if one.isdigit() and int(one) in known]

    def _listed(self, name: str, rows: list[Any], query: _Query) -> Json:
        """Return a page of a list by cursor."""
        size, start = min(int(query.get("page[size]", "100")), 100), int(query.get("page[after]", "0"))
        more = start + size < len(rows)
        meta = {"has_more": more, "after_cursor": str(start + size) if more else None}
        return {name: rows[start : start + size], "meta": meta}

    def _one(self, ticket: int) -> Json:
        if ticket not in self.state.tickets:
            raise Refusal(404, {"error": "RecordNotFound", "description": "Not found"})
        return self.state.tickets[ticket]

    def _in_view(self, user: int, query: _Query, _: Any, view: int) -> Json:
        wanted = set(self.state.views[view]["tags"])
        found = [one for one in self.state.tickets.values() if wanted & set(one["tags"])]
        return self._listed("tickets", found, query)

    def _export(self, user: int, query: _Query, _: Any) -> Json:
        if self.state.users[user]["role"] != "admin":
            raise Refusal(403, {"error": {"title": "Forbidden", "message": "You do not have access to this page."}})
        size = min(int(query.get("per_page", "1000")), 1000)
        return self.state.export(int(query.get("start_time", "0")), query.get("cursor", ""), size)

    def _audits(self, user: int, query: _Query, _: Any, ticket: int) -> Json:
        self._one(ticket)
        page = self._listed("audits", self.state.audits[ticket], query)
        return json.loads(json.dumps(page).replace('"/attachments/', f'"{self.url}/attachments/'))  # type: ignore[no-any-return]

    def _update(self, user: int, query: _Query, wanted: Any, ticket: int) -> Json:
        self._one(ticket)
        self.state.count_update(ticket, user, int(time.time()))
        audit = self.state.change(ticket, user, wanted["ticket"])
        return {"ticket": self._one(ticket), "audit": audit}

    def _upload(self, query: _Query, kind: str, body: bytes) -> Json:
        number = self.state.keep(query["filename"], kind, body)
        token = query.get("token") or f"upload{number}"
        self.state.uploads.setdefault(token, []).append(number)
        return {"upload": {"token": token, "attachment": self.state.file(number)}}

    def _file(self, path: str) -> tuple[int, dict[str, str], Any]:
        """Send a file's bytes, from another host, as Zendesk does."""
        number = int(path.split("/")[3 if path.startswith("/attachments") else 2])
        if number not in self.state.files:
            return 404, {}, {"error": "RecordNotFound"}
        if path.startswith("/attachments/"):
            return 302, {"Location": f"{self.elsewhere}/files/{number}"}, b""
        return 200, {}, self.state.files[number]["content"]


def _named(known: dict[int, str]) -> list[Json]:
    return [{"id": number, "name": name} for number, name in known.items()]


def _handler(double: ZendeskDouble) -> type[WebHandler]:
    class Handler(WebHandler):
        timeout = 10

        def answer(self, body: bytes) -> Answer:
            answer = double.answer(self.command, self.path, self.headers, body)
            double.answered.append(answer[0])
            return answer

        do_GET = do_POST = do_PUT = WebHandler.any  # noqa: N815

    return Handler
