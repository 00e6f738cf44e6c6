"""What Zendesk's numbers stand for: people, groups, brands, custom fields, custom statuses and views.

Each list is read when first needed and again when a number comes that it lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from data.errors import RefusedError

AT_ONCE = 100
"""How many rows or numbers Zendesk takes in one request."""
_MOST_PAGES = 100
_TEXTS = frozenset({"text", "textarea", "regexp"})

Json = Mapping[str, Any]
Get = Callable[[str, Mapping[str, str]], Any]
"""Asks for a path and returns its JSON."""


class Names:
    """Looks numbers up, and keeps what was found as long as the program runs."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._users: dict[int, Json] = {}
        self._lists: dict[str, dict[int, Json]] = {}
        self._in_views: dict[str, frozenset[int]] = {}
        self._me: Json = {}

    def me(self) -> Json:
        """Return our own user there: an agent, or an empty person if the token belongs to none."""
        if not self._me:
            self._me = rows_of(self._get("users/me", {}), "user")
        return self._me

    def know(self, users: Iterable[Any]) -> None:
        """Look people up who are not known yet, many at once."""
        missing = sorted({row for row in users if isinstance(row, int) and row > 0 and row not in self._users})
        for start in range(0, len(missing), AT_ONCE):
            wanted = missing[start : start + AT_ONCE]
            results = listed(self._get("users/show_many", {"ids": ",".join(map(str, wanted))}), "users")
            self._users |= {item: {} for item in wanted} | {int(user["id"]): user for user in results}

    def user(self, number: Any) -> Json:
        """Return a person; empty if there is none and for people who no longer exist."""
        self.know([number])
        return self._users.get(number, {}) if isinstance(number, int) else {}

    def called(self, number: Any) -> str:
        """Return what a person is called here: the address, else the name; empty if there is none."""
        return address(self.user(number)) or str(self.user(number).get("name") or "")

    def agent(self, called: str) -> int:
        """Return an agent's number. Raises RefusedError if there is no such agent."""
        wanted = called.casefold()
        for row in self.rows("users", {"role[]": "agent"}) + self.rows("users", {"role[]": "admin"}):
            if wanted in (address(row), str(row.get("name") or "").casefold()):
                return int(row["id"])
        raise RefusedError("No such agent", f"Zendesk has no agent {called}; name the agent by e-mail address.")

    def group(self, number: Any) -> str:
        """Return a group's name."""
        return str(self._entry("groups", number).get("name") or "")

    def brand(self, number: Any) -> str:
        """Return a brand's name."""
        return str(self._entry("brands", number).get("name") or "")

    def own_status(self, number: Any) -> str:
        """Return what agents call a status of their own; empty for Zendesk's own ones."""
        results = self._entry("custom_statuses", number)
        return "" if results.get("default") else str(results.get("agent_label") or "")

    def own_status_number(self, called: str) -> int | None:
        """Return the number of a status that agents made, None if it is Zendesk's own."""
        known = self._list("custom_statuses").values()
        results = [row for row in known if row.get("agent_label") == called and not row.get("default")]
        return int(results[0]["id"]) if results else None

    def field(self, number: Any) -> str:
        """Return a custom field's name."""
        return str(self._entry("ticket_fields", number).get("title") or "")

    def values(self, wanted: Mapping[str, str]) -> list[Json]:
        """Return custom fields with their values as Zendesk takes them; a choice that a field lacks is left out."""
        results: list[Json] = []
        for item in self._list("ticket_fields").values():
            value = wanted.get(str(item.get("title")), "")
            options = [row for row in item.get("custom_field_options") or [] if value in (row["name"], row["value"])]
            if value and (item.get("type") in _TEXTS or options):
                results.append({"id": item["id"], "value": options[0]["value"] if options else value})
        return results

    def look_into(self, views: Iterable[str]) -> None:
        """Read which tickets are in these views now. Raises RefusedError for a view that is not there."""
        numbers = {str(row.get("title")): int(row["id"]) for row in self._list("views").values()}
        for title in views:
            if title not in numbers:
                raise RefusedError(
                    "No such view", f"Zendesk has no view {title!r} that this user can see; it may be another agent's."
                )
            rows = self.rows(f"views/{numbers[title]}/tickets", {}, "tickets")
            self._in_views[title] = frozenset(int(row["id"]) for row in rows)

    def in_view(self, title: str, ticket: int) -> bool:
        """Return whether a ticket lay in a view when it was last read."""
        return ticket in self._in_views.get(title, ())

    def names(self, path: str) -> list[str]:
        """Return the names of a list: `groups`, `brands` or `views`."""
        return [str(row.get("name") or row.get("title")) for row in self._list(path).values()]

    def rows(self, path: str, query: Mapping[str, str], name: str = "") -> list[Json]:
        """Return every row of a list, page by page."""
        results: list[Json] = []
        more: Mapping[str, str] = {"page[size]": str(AT_ONCE)}
        for _ in range(_MOST_PAGES):
            body = self._get(path, {**query, **more})
            results += listed(body, name or path)
            meta = rows_of(body, "meta")
            if not meta.get("has_more") or not meta.get("after_cursor"):
                break
            more = {"page[size]": str(AT_ONCE), "page[after]": str(meta["after_cursor"])}
        return results

    def _entry(self, path: str, number: Any) -> Json:
        if not isinstance(number, int):
            return {}
        if number not in self._list(path):
            known = self._lists.pop(path)
            self._lists[path] = {**{key: {} for key in known}, number: {}, **self._list(path)}
        return self._lists[path][number]

    def _list(self, path: str) -> dict[int, Json]:
        if path not in self._lists:
            try:
                rows = self.rows(path, {})
            except RefusedError:  # a plan without them, or a role that may not see them
                rows = []
            self._lists[path] = {int(row["id"]): row for row in rows}
        return self._lists[path]


def address(user: Json) -> str:
    """Return a person's address, lower case; empty if there is none."""
    return str(user.get("email") or "").casefold()


def rows_of(body: Any, name: str) -> Json:
    """Return an object of an answer, empty if it is missing."""
    result = body.get(name) if isinstance(body, dict) else None
    return result if isinstance(result, dict) else {}


def listed(body: Any, name: str) -> Sequence[Json]:
    """Return a list in an answer. Raises RefusedError if it is not a list."""
    result = body.get(name) if isinstance(body, dict) else None
    if not isinstance(result, list):
        raise RefusedError("Not understood", f"Zendesk answered without {name}; check the url.")
    return [row for row in result if isinstance(row, dict)]
