"""What Freshdesk's numbers stand for: agents, contacts, groups, statuses and custom fields.

Lists that only administrators may see are taken from the choices of the ticket's fields, as far as these have them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from data.errors import RefusedError
from queues.connectors.hosted import Json, an_object, number_in, objects

Get = Callable[..., Any]
"""Asks for a path, with a query or without, and returns its JSON."""

STATUSES = {
    2: "Open",
    3: "Pending",
    4: "Resolved",
    5: "Closed",
    6: "Waiting on Customer",
    7: "Waiting on Third Party",
}
"""The statuses that an account begins with; the first four are in each, whatever it calls them."""
_PENDING = 3
_IN_ALL = (2, 3, 4, 5)
_AT_ONCE = "100"
_MOST_KNOWN = 10_000
_NUMBERS = {"custom_number": int, "custom_decimal": float}


class Names:
    """Looks numbers up, and keeps what was found as long as the program runs."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._me: Json = {}
        self._people: dict[tuple[str, int], Json] = {}
        self._groups: dict[int, str] = {}
        self._fields: list[Json] | None = None

    def me(self) -> Json:
        """Return our own agent there."""
        self._me = self._me or an_object(self._get("agents/me"))
        return self._me

    def agent(self, number: Any) -> Json:
        """Return an agent's name and address, as far as they are known; empty if there is no agent."""
        if not number_in(number):
            return {}
        if number == self.me().get("id"):
            return an_object(self._me, "contact")
        if agent := an_object(self._person("agents", number), "contact"):
            return agent
        choices = self._choices("default_agent")
        return {"name": next((name for name, one in choices.items() if one == number), f"agent {number}")}

    def called(self, number: Any) -> str:
        """Return what an agent is called here: the address, else the name; empty if there is none."""
        agent = self.agent(number)
        return address(agent) or str(agent.get("name") or "")

    def number_of(self, called: str) -> int:
        """Return an agent's number. Raises RefusedError if there is no such agent."""
        wanted = called.casefold()
        if wanted == address(an_object(self.me(), "contact")):
            return number_in(self._me.get("id"))
        for (kind, number), person in self._people.items():
            if kind == "agents" and wanted == address(an_object(person, "contact")):
                return number
        for name, number in self._choices("default_agent").items():
            if name.casefold() == wanted and number_in(number):
                return int(number)
        try:
            for row in objects(self._get("agents", {"email": called} if "@" in called else {"per_page": _AT_ONCE})):
                contact = an_object(row, "contact")
                if wanted in (address(contact), str(contact.get("name") or "").casefold()):
                    return number_in(row.get("id"))
        except RefusedError:  # an administrator's list
            pass
        raise RefusedError("No such agent", f"Freshdesk has no agent {called} that we can see; name one by address.")

    def contact(self, number: Any) -> Json:
        """Return a customer; empty if there is none."""
        return self._person("contacts", number) if number_in(number) else {}

    def groups(self) -> dict[int, str]:
        """Return the groups' names by their numbers."""
        if not self._groups:
            try:
                rows = objects(self._get("groups", {"per_page": _AT_ONCE}))
                self._groups = {number_in(row.get("id")): str(row.get("name") or "") for row in rows}
            except RefusedError:  # an administrator's list
                choices = self._choices("default_group")
                self._groups = {number_in(number): name for name, number in choices.items()}
        return self._groups

    def group(self, number: Any) -> str:
        """Return a group's name; the list is read again where it lacks it."""
        if not number_in(number):
            return ""
        if number not in self._groups:
            self._groups = {}
            self._groups = {number: f"group {number}", **self.groups()}
        return self._groups[number]

    def mailbox(self, number: Any) -> str:
        """Return the address that replies to mail of a mailbox come from; empty for the account's own."""
        return str(self._person("email_configs", number).get("reply_email") or "") if number_in(number) else ""

    def status(self, number: int) -> str:
        """Return a status's name: Freshdesk's own for those that all accounts have."""
        if number in _IN_ALL:
            return STATUSES[number]
        return self._statuses().get(number) or STATUSES.get(number) or f"status {number}"

    def status_number(self, name: str) -> int:
        """Return a status's number; pending's for one of Freshdesk's that the account lacks. Raises RefusedError."""
        own = {number: STATUSES[number] for number in _IN_ALL}
        for number, called in (own | self._statuses()).items():
            if called == name:
                return number
        if name in STATUSES.values():
            return _PENDING
        raise RefusedError("No such status", f"Freshdesk has no status {name}; correct the statuses of the account.")

    def label(self, key: str) -> str:
        """Return what people call a custom field."""
        return next((str(row.get("label") or key) for row in self._ticket_fields() if row.get("name") == key), key)

    def custom(self, values: Mapping[str, str], there: Json) -> dict[str, Any]:
        """Return custom fields as Freshdesk takes them, of those that a ticket has, named by label or by key."""
        results: dict[str, Any] = {}
        for name, value in values.items():
            key = next((key for key in there if name.casefold() in (key.casefold(), self.label(key).casefold())), "")
            if key:
                results[key] = self._typed(key, value)
        return results

    def _typed(self, key: str, value: str) -> Any:
        kind = next((str(row.get("type")) for row in self._ticket_fields() if row.get("name") == key), "")
        if not value:
            return False if kind == "custom_checkbox" else None
        if kind == "custom_checkbox":
            return value.casefold() in ("true", "yes", "1")
        try:
            return _NUMBERS[kind](value) if kind in _NUMBERS else value
        except ValueError:
            return value

    def _statuses(self) -> dict[int, str]:
        choices = self._choices("default_status")
        return {
            int(number): str(names[0] if isinstance(names, list) else names)
            for number, names in choices.items()
            if number.isdigit() and names and int(number) not in _IN_ALL
        }

    def _choices(self, kind: str) -> Mapping[str, Any]:
        """Return what one may choose from in a field of the ticket: an object by name or number."""
        return next((an_object(row, "choices") for row in self._ticket_fields() if row.get("type") == kind), {})

    def _ticket_fields(self) -> list[Json]:
        if self._fields is None:
            try:
                self._fields = objects(self._get("ticket_fields"))
            except RefusedError:  # a role that may not see them
                self._fields = []
        return self._fields

    def _person(self, kind: str, number: int) -> Json:
        if (kind, number) not in self._people:
            if len(self._people) >= _MOST_KNOWN:
                self._people.clear()
            try:
                self._people[kind, number] = an_object(self._get(f"{kind}/{number}"))
            except RefusedError:  # gone, or not ours to see
                self._people[kind, number] = {}
        return self._people[kind, number]


def address(person: Json) -> str:
    """Return a person's address, lower case; empty if there is none."""
    return str(person.get("email") or "").casefold()
