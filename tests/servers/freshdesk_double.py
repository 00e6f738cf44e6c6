"""A Freshdesk for the tests: its documented behaviour over real HTTP on the loopback, with faults on demand.

From developers.freshdesk.com/api (v2). What a request names that there is not is refused by its name; nothing can be
asked for on a condition. Files lie on another host, whose addresses are good for a while and take no key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from tests.servers.freshdesk_tickets import NOTE, REPLY, STATUSES, FreshdeskTickets, unexpected, wrong
from tests.servers.hosted_double import File, HostedDouble, Json, Refusal, Request, Route, as_json, paged
from tests.servers.web_handler import Answer

MOST, USUAL, PAGES = 100, 30, 300
"""Rows of a page at most and unasked; pages of tickets."""
_DAYS = 30 * 86_400
_FILE_SECONDS = 300
_LARGEST = 20 * 1024 * 1024
_LISTS = ("page", "per_page")
_TICKETS = ("filter", "requester_id", "email", "unique_external_id", "company_id", "updated_since", "order_by",
            "order_type", "include", *_LISTS)  # fmt: skip
_SORTS = ("created_at", "due_by", "updated_at", "status")
_FILTERS = ("new_and_my_open", "watching", "spam", "deleted")
_IN_LIST, _IN_VIEW = ("stats", "requester", "description"), ("conversations", "requester", "company", "stats")
_REPLY = {"body", "structured_body", "attachments", "from_email", "user_id", "cc_emails", "bcc_emails"}
_NOTE = {"body", "structured_body", "attachments", "incoming", "notify_emails", "private", "user_id"}
_DATE = r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d(:?\d\d)?)?)?"


class FreshdeskDouble(HostedDouble):
    """Serves one account until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.state = FreshdeskTickets(self.passes)
        self.state.groups[8] = "Soporte"
        self.keys: dict[str, int] = {}
        self.admins: set[int] = set()
        self.limit, self.list_limit, self.update_limit = 100_000, 100_000, 100_000
        """Calls a minute, and of these to list and to update tickets."""
        self._used: dict[str, int] = {}
        self._minute = 0
        self._cost = 1
        self.url = self.host
        self.elsewhere = self.host.replace("127.0.0.1", "localhost")

    def add_agent(self, name: str, *, admin: bool = False) -> str:
        """Add an agent, `NAME@team.example`, and return their API key."""
        number = self.state.add_agent(name.title(), f"{name}@team.example")
        if admin:
            self.admins.add(number)
        self.keys[f"key-of-{name}"] = number
        return f"key-of-{name}"

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds go by."""
        self.now += seconds

    # Who asks, and how often

    def admit(self, request: Request) -> None:
        if request.path.startswith("/data/"):
            return
        self._cost = 1
        self._spend(request)
        self._agent(request)
        accepted = str(request.headers.get("Accept", "*/*"))
        if "application/json" not in accepted and "*/*" not in accepted:
            raise Refusal(406, {"message": f"Accept header {accepted} is not supported."})
        if request.body and request.method == "GET":
            raise Refusal(400, {"code": "no_content_required", "message": "No JSON data required"})
        if request.body and request.kind not in ("application/json", "multipart/form-data"):
            message = f"Content type {request.kind} is not supported. Only application/json is supported."
            raise Refusal(415, {"message": message})

    def _spend(self, request: Request) -> None:
        """Count a call, a wrong one too, in the minute of the account and of its endpoint (Rate Limit)."""
        minute = int(self.now // 60)
        if minute != self._minute:
            self._minute, self._used = minute, {}
        listing = request.method == "GET" and request.path == "/api/v2/tickets"
        updating = request.method == "PUT" and re.fullmatch(r"/api/v2/tickets/\d+", request.path)
        parts = {"all": self.limit, "list": self.list_limit if listing else 0,
                 "update": self.update_limit if updating else 0}  # fmt: skip
        for name, limit in parts.items():
            if limit and self._used.get(name, 0) >= limit:
                headers = {"Retry-After": str(60 - int(self.now % 60))}
                raise Refusal(429, {"message": "You have exceeded the limit of requests per minute"}, headers)
        for name, limit in parts.items():
            if limit:
                self._used[name] = self._used.get(name, 0) + 1

    def _embedding(self, cost: int) -> None:
        """Count what a call costs for what is embedded."""
        self._cost += cost
        self._used["all"] = self._used.get("all", 0) + cost

    def limits(self, request: Request) -> Mapping[str, str]:
        left = max(self.limit - self._used.get("all", 0), 0)
        return {"X-RateLimit-Total": str(self.limit), "X-RateLimit-Remaining": str(left),
                "X-RateLimit-Used-CurrentRequest": str(self._cost),
                "X-Freshdesk-API-Version": "latest=v2; requested=v2"}  # fmt: skip

    def _agent(self, request: Request) -> int:
        kind, _, given = str(request.headers.get("Authorization", "")).partition(" ")
        try:
            key = base64.b64decode(given, validate=True).decode().partition(":")[0] if kind == "Basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            key = ""
        if key not in self.keys:
            message = "You have to be logged in to perform this action."
            raise Refusal(401, {"code": "invalid_credentials", "message": message})
        return self.keys[key]

    def nothing(self, request: Request, *, known: bool) -> Refusal:
        if not known:
            return Refusal(404, b"")
        allowed = ", ".join(sorted({one[0] for one in self.routes() if re.fullmatch(one[1], request.path)}))
        message = f"{request.method} method is not allowed. It should be one of these method(s): {allowed}"
        return Refusal(405, {"message": message}, {"Allow": allowed})

    # What it answers

    def routes(self) -> list[Route]:
        return [
            ("GET", r"/api/v2/agents/me", self._me),
            ("GET", r"/api/v2/agents", self._agents),
            ("GET", r"/api/v2/agents/(\d+)", lambda request, number: self._row(self.state.agents, number)),
            ("GET", r"/api/v2/groups", self._groups),
            ("GET", r"/api/v2/email_configs/(\d+)", self._mailbox),
            ("GET", r"/api/v2/contacts/(\d+)", lambda request, number: self._row(self.state.contacts, number)),
            ("GET", r"/api/v2/contacts", self._contacts),
            ("GET", r"/api/v2/ticket_fields", lambda request: (200, {}, self._fields())),
            ("GET", r"/api/v2/admin/ticket_fields", self._admin_fields),
            ("GET", r"/api/v2/tickets", self._list),
            ("GET", r"/api/v2/tickets/(\d+)", self._view),
            ("PUT", r"/api/v2/tickets/(\d+)", self._update),
            ("GET", r"/api/v2/tickets/(\d+)/conversations", self._conversations),
            ("POST", r"/api/v2/tickets/(\d+)/reply", self._reply),
            ("POST", r"/api/v2/tickets/(\d+)/notes", self._note),
            ("GET", r"/data/helpdesk/attachments/production/(\d+)/original/.*", self._file),
        ]

    def _row(self, known: Mapping[int, Json], number: int) -> Answer:
        if number not in known:
            raise Refusal(404, b"")
        return 200, {}, known[number]

    def _mailbox(self, request: Request, number: int) -> Answer:
        """Return a mailbox, whose number is its place among them (View an Email Config)."""
        known = dict(enumerate(self.state.mailboxes, 1))
        if number not in known:
            raise Refusal(404, b"")
        return 200, {}, {"id": number, "reply_email": known[number], "active": True, "primary_role": number == 1}

    def _me(self, request: Request) -> Answer:
        agent = self._agent(request)
        groups = self.state.scopes.get(agent, self.state.groups.keys())
        return 200, {}, {**self.state.agents[agent], "group_ids": sorted(groups), "role_ids": [1]}

    def _agents(self, request: Request) -> Answer:
        self._only(request, *_LISTS, "email", "mobile", "phone", "state")
        email = request.one("email")
        rows = [row for row in self.state.agents.values() if email in ("", row["contact"]["email"])]
        return self._paged(request, rows)

    def _groups(self, request: Request) -> Answer:
        self._only(request, *_LISTS)
        rows = [{"id": number, "name": name, "description": name, "escalate_to": None}
                for number, name in self.state.groups.items()]  # fmt: skip
        return self._paged(request, rows)

    def _contacts(self, request: Request) -> Answer:
        self._only(request, *_LISTS, "email", "mobile", "phone", "company_id", "state", "updated_since")
        email = request.one("email")
        return self._paged(request, [row for row in self.state.contacts.values() if email in ("", row["email"])])

    def _fields(self) -> list[Json]:
        status = {"id": 1, "name": "status", "label": "Status", "type": "default_status", "default": True,
                  "choices": {str(number): [name, name] for number, name in STATUSES.items()}}  # fmt: skip
        custom = [{"id": number, "name": name, "label": label, "type": "custom_text", "default": False,
                   "required_for_closure": name in self.state.needed}
                  for number, (name, label) in enumerate(self.state.fields.items(), 2)]  # fmt: skip
        return [status, *custom]

    def _admin_fields(self, request: Request) -> Answer:
        if self._agent(request) not in self.admins:
            message = "You are not authorized to perform this action."
            raise Refusal(403, {"code": "access_denied", "message": message})
        return 200, {}, self._fields()

    # Tickets

    def _list(self, request: Request) -> Answer:
        self._only(request, *_TICKETS)
        by, order = request.one("order_by", "created_at"), request.one("order_type", "desc")
        for name, value, choices in (("order_by", by, _SORTS), ("order_type", order, ("asc", "desc")),
                                     ("filter", request.one("filter", "spam"), _FILTERS)):  # fmt: skip
            if value not in choices:
                raise wrong((name, f"It should be one of these values: '{','.join(choices)}'", "invalid_value"))
        embedded = self._embedded(request, _IN_LIST, 2)
        if _page(request, "page", 1) > PAGES:
            told = f"You cannot access tickets beyond the {PAGES}th page. Please provide a smaller page number."
            raise wrong(("page", told, "invalid_value"))
        rows = sorted(self._filtered(request), key=lambda row: (row[by], row["id"]), reverse=order == "desc")
        return self._paged(request, [self._embed(self.state.listed(row), row, embedded) for row in rows])

    def _filtered(self, request: Request) -> list[Json]:
        agent, chosen, since = self._agent(request), request.one("filter"), request.one("updated_since")
        found = [row for row in self.state.tickets.values() if self.state.sees(agent, row)]
        if chosen in ("spam", "deleted"):
            found = [row for row in found if row[chosen]]
        else:
            found = [row for row in found if not row["spam"] and not row["deleted"]]
        if since:
            at = _moment(since)
            found = [row for row in found if _moment(row["updated_at"]) >= at]
        else:
            found = [row for row in found if _moment(row["created_at"]) >= self.now - _DAYS]
        if "requester_id" in request.query:
            found = [row for row in found if str(row["requester_id"]) == request.one("requester_id")]
        if "email" in request.query:
            found = [row for row in found if self.state.requester(row)["email"] == request.one("email")]
        return found

    def _view(self, request: Request, number: int) -> Answer:
        self._only(request, "include")
        row = self.state.ticket(number, self._agent(request))
        return 200, {}, self._embed(self._linked(self.state.whole(row)), row, self._embedded(request, _IN_VIEW, 1))

    def _embedded(self, request: Request, choices: tuple[str, ...], cost: int) -> list[str]:
        wanted = [one for one in request.one("include").split(",") if one]
        for one in wanted:
            if one not in choices:
                raise wrong(("include", f"It should be one of these values: '{','.join(choices)}'", "invalid_value"))
        self._embedding(cost * len(wanted))
        return wanted

    def _embed(self, shown: Json, row: Json, wanted: list[str]) -> Json:
        more: Json = {}
        if "requester" in wanted:
            more["requester"] = self.state.requester(row)
        if "description" in wanted:
            more |= {name: self.state.whole(row)[name] for name in ("description", "description_text")}
        if "conversations" in wanted:
            more["conversations"] = [self._linked(one) for one in self.state.conversations[row["id"]][:10]]
        if "stats" in wanted:
            more["stats"] = {"closed_at": None, "resolved_at": None, "first_responded_at": None}
        if "company" in wanted:
            more["company"] = {}
        return {**shown, **more}

    def _update(self, request: Request, number: int) -> Answer:
        given = self._given(request)
        if not given:
            raise Refusal(400, {"code": "invalid_json", "message": "Request body cannot be empty"})
        row = self.state.update(number, self._agent(request), given)
        return 200, {}, self._linked(self.state.whole(row))

    def _conversations(self, request: Request, number: int) -> Answer:
        self._only(request, *_LISTS)
        self.state.ticket(number, self._agent(request))
        return self._paged(request, [self._linked(one) for one in self.state.conversations[number]])

    def _reply(self, request: Request, number: int) -> Answer:
        agent, given = self._agent(request), self._given(request)
        self.state.changeable(number, agent, "GET")
        user = self._said(given, agent, _REPLY)
        sender = given.get("from_email") or self.state.mailboxes[0]
        if sender not in self.state.mailboxes:
            raise wrong(("from_email", "There is no email config matching the given from_email", "invalid_value"))
        more: dict[str, Any] = {name: given.get(name) or [] for name in ("cc_emails", "bcc_emails")}
        said = self.state.add(number, user, given["body"], source=REPLY, files=given.get("attachments", []),
                              from_email=sender, support_email=sender, **more)  # fmt: skip
        self.state.tickets[number]["reply_cc_emails"] = more["cc_emails"]
        names = ("body", "body_text", "id", "user_id", "from_email", "cc_emails", "bcc_emails", "ticket_id",
                 "attachments", "created_at", "updated_at")  # fmt: skip
        shown = {name: self._linked(said)[name] for name in names}
        return 201, self._located(said), {**shown, "replied_to": said["to_emails"]}

    def _note(self, request: Request, number: int) -> Answer:
        agent, given = self._agent(request), self._given(request)
        self.state.changeable(number, agent, "GET")
        user = self._said(given, agent, _NOTE)
        said = self.state.add(number, user, given["body"], source=NOTE, private=given.get("private", True),
                              incoming=given.get("incoming", False), to_emails=given.get("notify_emails") or [],
                              files=given.get("attachments", []))  # fmt: skip
        names = ("body", "body_text", "id", "incoming", "private", "user_id", "support_email", "ticket_id",
                 "attachments", "created_at", "updated_at")  # fmt: skip
        shown = {name: self._linked(said)[name] for name in names}
        return 201, self._located(said), {**shown, "notified_to": said["to_emails"]}

    def _located(self, said: Json) -> dict[str, str]:
        return {"Location": f"{self.url}/api/v2/conversations/{said['id']}"}

    def _said(self, given: Json, agent: int, known: set[str]) -> int:
        """Return who writes a reply or a note. Refuses one that is not in order."""
        for name in given:
            if name not in known:
                raise unexpected(name)
        if "body" not in given:
            raise wrong(("body", "Mandatory attribute missing", "missing_field"))
        if not isinstance(given["body"], str):
            raise wrong(("body", "It should be a/an String", "datatype_mismatch"))
        if not given["body"].strip():
            raise wrong(("body", "It should not be blank as this is a mandatory field", "invalid_value"))
        for name in ("private", "incoming"):
            if not isinstance(given.get(name, False), bool):
                raise wrong((name, "It should be a/an Boolean", "datatype_mismatch"))
        if any(not isinstance(file, File) for file in given.get("attachments", [])):
            told = "It should contain elements of type valid file format only"
            raise wrong(("attachments", told, "datatype_mismatch"))
        if sum(len(file.content) for file in given.get("attachments", [])) > _LARGEST:
            raise wrong(("attachments", "Invalid file size. Total should be less than 20 MB", "invalid_value"))
        user = given.get("user_id", agent)
        if user not in self.state.agents and user not in self.state.contacts:
            raise wrong(("user_id", "There is no contact matching the given user_id", "invalid_value"))
        return int(user)

    # Files

    def _linked(self, row: Json) -> Json:
        """Return what has files, with addresses of them that are good for a while."""
        until = urlencode({"Expires": int(self.now) + _FILE_SECONDS, "Signature": "of-the-service"})
        place = f"{self.elsewhere}/data/helpdesk/attachments/production"
        files = [{**file, "attachment_url": f"{place}/{file['id']}/original/{quote(file['name'])}?{until}"}
                 for file in row["attachments"]]  # fmt: skip
        return {**row, "attachments": files}

    def _file(self, request: Request, number: int) -> Answer:
        if request.headers.get("Authorization"):
            return 400, {"Content-Type": "application/xml"}, b"<Error><Code>InvalidArgument</Code></Error>"
        if request.one("Signature") != "of-the-service" or int(request.one("Expires", "0")) < self.now:
            return 403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code></Error>"
        file = self.state.files[number]
        return 200, {"Content-Type": file.kind}, file.content

    # How

    def _given(self, request: Request) -> Json:
        """Return what a request says: JSON, or a form whose lists end in [] and whose pairs are name[key]."""
        if request.kind == "multipart/form-data":
            return _from_form(request.form())
        try:
            given = as_json(request.body or b"{}")
        except ValueError:
            given = None
        if not isinstance(given, dict):
            message = "Request entity is not in valid JSON format."
            raise Refusal(400, {"code": "invalid_json", "message": message})
        return given

    def _only(self, request: Request, *names: str) -> None:
        for name in request.query:
            if name not in names:
                raise unexpected(name)

    def _paged(self, request: Request, rows: list[Any]) -> Answer:
        """Return a page, and where the next one is; the last one does not say (Pagination)."""
        page, size = _page(request, "page", 1), _page(request, "per_page", USUAL, MOST)
        headers = {}
        if len(rows) > page * size:
            more = urlencode({**{name: values[-1] for name, values in request.query.items()}, "page": page + 1})
            headers["Link"] = f'<{self.url}{request.path}?{more}>; rel="next"'
        return 200, headers, paged(rows, page, size)


def _page(request: Request, name: str, usual: int, most: int | None = None) -> int:
    given = request.one(name, str(usual))
    if not given.isdigit() or not 1 <= int(given) <= (most or 10**9):
        up_to = f" less than or equal to {most}" if most else ""
        raise wrong((name, f"It should be a Positive Integer{up_to}", "invalid_value"))
    return int(given)


def _moment(text: str) -> float:
    """Return what a date field says; without a zone it is in UTC (Schema, Date Fields)."""
    if not re.fullmatch(_DATE, text):
        told = "It should be in the 'combined date and time ISO8601' format"
        raise wrong(("updated_since", told, "invalid_value"))
    whole = text.replace("Z", "+00:00") if "T" in text else f"{text}T00:00:00"
    moment = datetime.fromisoformat(whole)
    return (moment if moment.tzinfo else datetime.fromisoformat(f"{whole}+00:00")).timestamp()


def _from_form(fields: list[tuple[str, str | File]]) -> Json:
    given: Json = {}
    for name, value in fields:
        pair = re.fullmatch(r"(\w+)\[(\w+)\]", name)
        if name.endswith("[]"):
            given.setdefault(name[:-2], []).append(value)
        elif pair:
            given.setdefault(pair[1], {})[pair[2]] = value
        elif isinstance(value, str) and name in ("private", "incoming"):
            given[name] = {"true": True, "false": False}.get(value, value)
        elif isinstance(value, str) and (name.endswith("_id") or name in ("status", "priority", "source")):
            given[name] = int(value) if value.isdigit() else value
        else:
            given[name] = value
    return given
