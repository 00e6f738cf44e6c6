"""The users of a Roundup tracker: names, addresses, and which of them are agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from queues.connectors.as_mail import named
from queues.connectors.roundup_rest import Rest

_FIELDS = ["username", "address", "realname"]


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the tracker, as far as we may see them."""

    number: str
    name: str
    address: str = ""
    """Lower case; empty if we may not see it."""
    real_name: str = ""

    @property
    def written(self) -> str:
        """The person as their own mail would name them; a login is not used as a name if there is an address."""
        return named(self.real_name, self.address) or self.name

    @property
    def signed(self) -> str:
        """The person as colleagues are named: by login if there is no other name."""
        return named(self.real_name or self.name, self.address)


class People:
    """The users that were met."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._known: dict[str, Person] = {}

    def meet(self, numbers: Iterable[str]) -> None:
        """Read those who are not known yet."""
        strange = [number for number in dict.fromkeys(numbers) if number and number not in self._known]
        rows = self._rest.by_number("user", strange, _FIELDS) if strange else {}
        for number in strange:
            row = rows.get(number, {})
            self._known[number] = Person(
                number, str(row.get("username") or f"user{number}"), str(row.get("address") or "").casefold(),
                str(row.get("realname") or ""),
            )  # fmt: skip

    def __getitem__(self, number: str) -> Person:
        """Return a person who was met."""
        return self._known.get(number) or Person(number, f"user{number}" if number else "")

    def is_staff(self, person: Person, me: Person, assignee: str) -> bool:
        """Return whether someone is one of us: as the settings say, else by our own domain or because it is theirs."""
        if person.number == me.number or (assignee and person.number == assignee):
            return True
        return self._rest.tracker.is_staff(person.name, person.address, me.address)


def number_of(linked: Any) -> str:
    """Return the number of what a property links to, empty if that is nothing."""
    return str(linked.get("id") or "") if isinstance(linked, Mapping) else ""


def numbers_of(linked: Any) -> list[str]:
    """Return the numbers of what a property links to, in order."""
    return [number_of(row) for row in linked] if isinstance(linked, list) else []


def name_of(linked: Any) -> str:
    """Return the name of what a property links to, whatever its class calls it; a plain value is its own name."""
    if not isinstance(linked, Mapping):
        return "" if linked is None else str(linked)
    return next((str(value) for key, value in linked.items() if key not in ("id", "link")), "")
