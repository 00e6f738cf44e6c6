"""What has which number in a Redmine: statuses, projects, members; and what our role may do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from data.errors import RefusedError
from queues.connectors.redmine_feed import Query
from queues.connectors.redmine_reading import People, number_of

AT_ONCE = 100
_PRIVATELY = "set_notes_private"


class Get(Protocol):
    """Asks Redmine."""

    def __call__(self, path: str, query: Query | tuple[()] = ..., /) -> dict[str, Any]:
        """Return what a path holds. Raises ConnectorError."""
        ...


class Names:
    """The numbers by which requests name things."""

    def __init__(self, get: Get, people: People, place: str) -> None:
        self._get, self._people, self._place = get, people, place
        self._projects: dict[str, int] = {}
        self._statuses: dict[str, int] = {}

    def projects(self, wanted: Collection[str] = ()) -> dict[str, int]:
        """Return the projects that we can see: they are asked for once, and again where a wanted one is missing."""
        if not self._projects or not set(wanted) <= set(self._projects):
            rows = self._rows("projects.json", "projects")
            self._projects = {str(row.get("name")): number_of(row) for row in rows}
        return self._projects

    def closing(self) -> dict[str, bool]:
        """Return the statuses, and whether each closes an issue."""
        rows = self._rows("issue_statuses.json", "issue_statuses")
        self._statuses = {str(row.get("name")): number_of(row) for row in rows}
        return {str(row.get("name")): bool(row.get("is_closed")) for row in rows}

    def status(self, name: str) -> int:
        """Return a status: they are asked for once, and again where one is new. Raises RefusedError."""
        if name not in self._statuses:
            self.closing()
        if name not in self._statuses:
            raise RefusedError(
                "No such status", f"{self._place} has no status {name!r}; set `statuses` to those it has."
            )
        return self._statuses[name]

    def member(self, project: int, called: str) -> int:
        """Return a member of a project by login, name or address. Raises RefusedError."""
        for row in self._rows(f"projects/{project}/memberships.json", "memberships"):
            person = self._people[row.get("user") or row.get("group")]
            if called.casefold() in (person.login.casefold(), person.name.casefold(), person.address):
                return person.number
        raise RefusedError("No such agent", f"The project of that issue on {self._place} has no member {called}.")

    def may_note(self, project: int) -> bool:
        """Return whether our notes in a project can be private: where we may not, Redmine makes them public."""
        user = as_dict(self._get("users/current.json", [("include", "memberships")]).get("user"))
        if user.get("admin"):
            return True
        held = [row for row in user.get("memberships") or [] if number_of(row.get("project")) == project]
        roles = sorted({number_of(role) for row in held for role in row.get("roles") or []})
        return any(_PRIVATELY in (self._role(number).get("permissions") or ()) for number in roles)

    def _role(self, number: int) -> dict[str, Any]:
        return as_dict(self._get(f"roles/{number}.json").get("role"))

    def _rows(self, path: str, name: str) -> list[dict[str, Any]]:
        """Return all rows of a list."""
        rows: list[dict[str, Any]] = []
        while True:
            body = self._get(path, [("limit", str(AT_ONCE)), ("offset", str(len(rows)))])
            page = [row for row in body.get(name) or [] if isinstance(row, dict)]
            rows += page
            if not page or len(rows) >= int(body.get("total_count") or 0):
                return rows


def as_dict(body: Any) -> dict[str, Any]:
    """Return an object of an answer, an empty one where it is something else."""
    return body if isinstance(body, dict) else {}
