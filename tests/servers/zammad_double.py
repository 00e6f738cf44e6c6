"""A Zammad for the tests: its documented behaviour over real HTTP on the loopback, with faults on demand.

From docs.zammad.org (REST API). What is no JSON counts as nothing said, unknown parameters are left out without a
word, pages are cut to their largest size, and who may not see a thing is told 403.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote

from tests.servers.hosted_double import HostedDouble, Json, Refusal, Request, Route, as_json, paged
from tests.servers.web_handler import Answer
from tests.servers.zammad_search import matcher
from tests.servers.zammad_tickets import PRIORITIES, STATE_TYPES, STATES, ZammadTickets, absent, forbidden, invalid

LISTED, FOUND = 100, 200
"""The most tickets of a page, in the list and in a search."""
_SEARCHED = 50
_YES = ("true", "1")


class ZammadDouble(HostedDouble):
    """Serves one Zammad until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tick = 0.010
        self.state = ZammadTickets(self.passes)
        self.state.groups[2], self.state.addresses[2] = "Soporte", "soporte@desk.example"
        self.tokens: dict[str, int] = {}
        self.expired: set[str] = set()
        """Tokens whose last day is over."""
        self.unindexed: set[int] | None = None
        """Tickets that the search does not know yet, as it is brought up to date later; None while it keeps up."""
        self.url = self.host

    def add_agent(self, name: str, *, admin: bool = False) -> str:
        """Add an agent, `NAME@team.example`, and return their access token."""
        number = self.state.add_user(name.title(), f"{name}@team.example", "Agent")
        if admin:
            self.state.users[number]["roles"].append("Admin")
        self.tokens[f"token-of-{name}"] = number
        return f"token-of-{name}"

    # Who asks

    def admit(self, request: Request) -> None:
        self._user(request)

    def _user(self, request: Request) -> int:
        """Return who asks, or in whose name (Authentication, HTTP Token; Actions On Behalf of Other Users)."""
        kind, _, given = str(request.headers.get("Authorization", "")).partition(" ")
        if not kind:
            raise forbidden("Authentication required")
        token = given.strip().removeprefix("token=").strip('"')
        if kind != "Token" or token not in self.tokens:
            raise _unknown("Can't find User for Token" if kind == "Token" else "The provided token is invalid.")
        if token in self.expired:
            raise _unknown("Not authorized (token expired)!")
        user, other = self.tokens[token], str(request.headers.get("From", ""))
        if not other:
            return user
        if not self._is_admin(user):
            raise forbidden("Current user has no permission to use 'From'/'X-On-Behalf-Of'!")
        for number, row in self.state.users.items():
            if other in (str(number), row["login"], row["email"]):
                return number
        raise forbidden(f"No such user '{other}'")

    def _is_admin(self, user: int) -> bool:
        return "Admin" in self.state.users[user]["roles"]

    def nothing(self, request: Request, *, known: bool) -> Refusal:
        sentence = f"No route matches [{request.method}] {request.path}"
        return Refusal(404, {"error": sentence, "error_human": sentence})

    def _given(self, request: Request) -> Json:
        """Return what a request says, in its body and its address; a body that is not named JSON is not read."""
        said: Json = {name: values[-1] for name, values in request.query.items()}
        if request.kind == "application/json" and request.body:
            try:
                body = as_json(request.body)
            except ValueError:
                raise Refusal(400, {"status": 400, "error": "Bad Request"}) from None
            return {**said, **body} if isinstance(body, dict) else said
        if request.kind == "application/x-www-form-urlencoded":
            return {**said, **{name: values[-1] for name, values in parse_qs(request.body.decode()).items()}}
        return said

    # What it answers

    def routes(self) -> list[Route]:
        return [
            ("GET", r"/api/v1/users/me", lambda request: self._shown_user(request, self._user(request))),
            ("GET", r"/api/v1/users/search", self._search_users),
            ("GET", r"/api/v1/users", self._users),
            ("GET", r"/api/v1/users/(\d+)", self._shown_user),
            ("GET", r"/api/v1/groups", self._groups),
            ("GET", r"/api/v1/ticket_states", lambda request: (200, {}, self._states())),
            ("GET", r"/api/v1/ticket_priorities", lambda request: (200, {}, _named(PRIORITIES))),
            ("GET", r"/api/v1/object_manager_attributes", self._attributes),
            ("GET", r"/api/v1/tickets", self._list),
            ("GET", r"/api/v1/tickets/search", self._search),
            ("POST", r"/api/v1/tickets/search", self._search),
            ("GET", r"/api/v1/tickets/(\d+)", self._show),
            ("PUT", r"/api/v1/tickets/(\d+)", self._update),
            ("DELETE", r"/api/v1/tickets/(\d+)", self._delete),
            ("GET", r"/api/v1/ticket_articles/by_ticket/(\d+)", self._articles),
            ("GET", r"/api/v1/ticket_articles/(\d+)", self._article),
            ("POST", r"/api/v1/ticket_articles", self._write),
            ("GET", r"/api/v1/ticket_attachment/(\d+)/(\d+)/(\d+)", self._file),
            ("GET", r"/api/v1/tags", self._tags),
            ("POST", r"/api/v1/tags/add", lambda request: self._tag(request, remove=False)),
            ("DELETE", r"/api/v1/tags/remove", lambda request: self._tag(request, remove=True)),
            ("GET", r"/api/v1/tag_list", self._tag_list),
        ]

    def _users(self, request: Request) -> Answer:
        return 200, {}, self._page(request, list(self.state.users.values()), 500, 1000)

    def _search_users(self, request: Request) -> Answer:
        word = request.one("query").casefold()
        rows = [user for user in self.state.users.values()
                if any(word in str(user[name]).casefold() for name in ("login", "email", "firstname"))]  # fmt: skip
        return 200, {}, self._page(request, rows, _SEARCHED, FOUND)

    def _shown_user(self, request: Request, number: int) -> Answer:
        if number not in self.state.users:
            raise absent("User", number)
        user = self.state.users[number]
        if request.one("expand") not in _YES:
            return 200, {}, user
        groups = {name: ["full"] for one, name in self.state.groups.items() if self.state.sees(number, one)}
        return 200, {}, {**user, "groups": groups}

    def _groups(self, request: Request) -> Answer:
        self._only_admins(request)
        return 200, {}, _named(self.state.groups)

    def _states(self) -> list[Json]:
        return [{**row, "state_type_id": STATE_TYPES[row["id"]]} for row in _named(STATES)]

    def _attributes(self, request: Request) -> Answer:
        self._only_admins(request)
        rows = [{"id": number, "name": name, "display": shown, "object": "Ticket", "data_type": "input", "active": True}
                for number, (name, shown) in enumerate(self.state.attributes.items(), 1)]  # fmt: skip
        return 200, {}, rows

    def _only_admins(self, request: Request) -> None:
        if not self._is_admin(self._user(request)):
            raise forbidden()

    # Tickets

    def _visible(self, request: Request) -> list[Json]:
        agent = self._user(request)
        return [row for row in self.state.tickets.values() if self.state.sees(agent, row["group_id"])]

    def _list(self, request: Request) -> Answer:
        """Return a page of the tickets by their numbers; there is no other order."""
        rows = sorted(self._visible(request), key=lambda row: int(row["id"]))
        return 200, {}, self._as_asked(request, self._page(request, rows, LISTED, LISTED), plain=dict)

    def _search(self, request: Request) -> Answer:
        given = self._given(request)
        match, condition = matcher(str(given.get("query") or "*")), given.get("condition") or {}
        unknown = self.unindexed if given.get("query") else None  # a condition alone asks the database itself
        rows = [row for row in self._visible(request)
                if row["id"] not in (unknown or ()) and match(self._indexed(row))
                and _fits(row, condition)]  # fmt: skip
        name, up = str(given.get("sort_by") or "updated_at"), str(given.get("order_by") or "desc") == "asc"
        rows.sort(key=lambda row: (str(row.get(name) or ""), row["id"]) if not isinstance(row.get(name), int)
                  else (f"{row[name]:020}", row["id"]), reverse=not up)  # fmt: skip
        if request.one("only_total_count") in _YES:
            return 200, {}, {"total_count": len(rows)}
        page = self._as_asked(request, self._page(request, rows, _SEARCHED, FOUND), plain=self.state.plain)
        if request.one("with_total_count") in _YES:
            whole = page if isinstance(page, dict) else {"records": page}
            return 200, {}, {**whole, "total_count": len(rows)}
        return 200, {}, page

    def _indexed(self, row: Json) -> Json:
        """Return what the search knows of a ticket."""
        names, articles = self.state.expanded(row), self.state.of(row["id"])
        known: Json = {name: [value] for name, value in row.items() if not isinstance(value, dict)}
        for name in ("group", "state", "priority"):
            known[f"{name}.name"] = [names[name]]
        for name in ("owner", "customer"):
            user = self.state.users[row[f"{name}_id"]]
            known[f"{name}.email"], known[f"{name}.login"] = [user["email"]], [user["login"]]
        said = [article["body"] for article in articles]
        return {**known, "tags": self.state.tags[row["id"]], "article.body": said, "all": [row["title"], *said]}

    def _show(self, request: Request, number: int) -> Answer:
        return 200, {}, self._one(request, self.state.ticket(number, self._user(request)), plain=dict)

    def _update(self, request: Request, number: int) -> Answer:
        self.state.update(number, self._user(request), self._given(request))
        return 200, {}, self._one(request, self.state.tickets[number], plain=self.state.plain)

    def _delete(self, request: Request, number: int) -> Answer:
        self.state.ticket(number, self._user(request))
        self._only_admins(request)
        for article in self.state.of(number):
            del self.state.articles[article["id"]]
        del self.state.tickets[number]
        return 200, {}, {}

    def _one(self, request: Request, row: Json, *, plain: Any) -> Any:
        if request.one("expand") in _YES:
            return self.state.expanded(row)
        if request.one("full") in _YES:
            return {"id": row["id"], "assets": self.state.assets([row])}
        return plain(row)

    def _as_asked(self, request: Request, rows: list[Json], *, plain: Any) -> Any:
        if request.one("expand") in _YES:
            return [self.state.expanded(row) for row in rows]
        if request.one("full") in _YES:
            return {"record_ids": [row["id"] for row in rows], "assets": self.state.assets(rows)}
        return [plain(row) for row in rows]

    def _page(self, request: Request, rows: list[Json], size: int, most: int) -> list[Json]:
        """Return a page; more than the most is cut to it without a word (Pagination)."""
        page, per_page = _whole(request.one("page", "1")), _whole(request.one("per_page") or str(size))
        if page < 1:
            raise invalid("OFFSET must not be negative")
        return paged(rows, page, min(per_page, most))

    # Articles, files and tags

    def _articles(self, request: Request, number: int) -> Answer:
        self.state.ticket(number, self._user(request))
        return 200, {}, [self.state.article(one) for one in self.state.of(number)]

    def _article(self, request: Request, number: int) -> Answer:
        return 200, {}, self.state.article(self._seen(request, number))

    def _seen(self, request: Request, number: int) -> Json:
        if number not in self.state.articles:
            raise absent("Ticket::Article", number)
        self.state.ticket(self.state.articles[number]["ticket_id"], self._user(request))
        return self.state.articles[number]

    def _write(self, request: Request) -> Answer:
        number = self.state.write_article(self._user(request), self._given(request))
        return 201, {}, self.state.article(self.state.articles[number])

    def _file(self, request: Request, ticket: int, article: int, number: int) -> Answer:
        self.state.ticket(ticket, self._user(request))
        found = self._seen(request, article)
        if found["ticket_id"] != ticket and STATES[self.state.tickets[ticket]["state_id"]] != "merged":
            raise forbidden("The article does not belong to the specified ticket.")
        file = next((one for one in found["attachments"] if one["id"] == number), None)
        if file is None:
            raise forbidden("The file does not belong to the specified article.")
        headers = {"Content-Type": file["preferences"]["Mime-Type"],
                   "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file['filename'])}"}  # fmt: skip
        return 200, headers, self.state.files[number]

    def _tags(self, request: Request) -> Answer:
        return 200, {}, {"tags": self.state.tags[self._tagged(request, self._given(request))]}

    def _tag(self, request: Request, *, remove: bool) -> Answer:
        given = self._given(request)
        item = given.get("item")
        if not isinstance(item, str) or not item.strip():
            raise invalid("Name can't be blank")
        self.state.tag(self._tagged(request, given), item, remove=remove)
        return 201, {}, True

    def _tagged(self, request: Request, given: Json) -> int:
        number = str(given.get("o_id", ""))
        if given.get("object") != "Ticket" or not number.isdigit():
            raise invalid("Object can't be blank")
        return int(self.state.ticket(int(number), self._user(request))["id"])

    def _tag_list(self, request: Request) -> Answer:
        self._only_admins(request)
        known = sorted({tag for tags in self.state.tags.values() for tag in tags})
        return 200, {}, [{"id": number, "name": name} for number, name in enumerate(known, 1)]


def _unknown(sentence: str) -> Refusal:
    return Refusal(401, {"error": sentence, "error_human": sentence}, {"X-Failure": sentence})


def _named(known: Mapping[int, str]) -> list[Json]:
    return [{"id": number, "name": name, "active": True} for number, name in known.items()]


def _whole(text: str) -> int:
    """Return a number as Ruby reads it: nonsense is 0."""
    return int(text) if text.lstrip("-").isdigit() else 0


def _fits(row: Json, condition: Mapping[str, Any]) -> bool:
    """Return whether a ticket is as a condition of an overview says (Condition Based Search)."""
    for name, wanted in condition.items():
        values = wanted.get("value")
        known = str(row.get(name.removeprefix("ticket.")) or "")
        fits = {
            "is": known in [str(one) for one in (values if isinstance(values, list) else [values])],
            "contains": str(values).casefold() in known.casefold(),
            "after (absolute)": known >= str(values),
            "before (absolute)": known <= str(values),
        }.get(wanted.get("operator"))
        if fits is None:
            raise invalid(f"Invalid operator '{wanted.get('operator')}'")
        if not fits:
            return False
    return True
