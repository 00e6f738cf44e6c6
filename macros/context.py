"""What a macro may see: the published contract, and the plain values behind it.

A template gets text, whole numbers and one list of text; never an object of ours, so it can reach nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from data.records import UNKNOWN_LANGUAGE, Customer, Ticket

CONTRACT: Mapping[str, Mapping[str, str]] = {
    "customer": {
        "first_name": "how the customer is addressed; missing when no name is known",
        "name": "the whole name; missing when no name is known",
        "email": "the first e-mail address",
        "register": "`tu` or `usted`: how Spanish addresses this customer; always there",
        "language": "remembered language, ISO 639-1",
        "region": "a locale such as `es-MX`",
        "tier": "`standard` unless the customer is more",
    },
    "ticket": {
        "id": "the ticket's number",
        "subject": "its subject, on one line",
        "reference": "its number in the outside system",
        "status": "where it stands",
        "priority": "how much it presses",
        "topic": "what it is about",
        "created": "the day it was opened, in words",
        "tags": "its tags: a list, for `{% for tag in ticket.tags %}` or `in`",
    },
    "agent": {"name": "who answers", "first_name": "the first word of it"},
    "brand": {
        "name": "in whose name we answer",
        "email": "the support address",
        "url": "the help page",
        "signature": "the line under a reply",
    },
}
"""Each group's fields and what they hold. A field without a value is a hole where printed, and false in an `if`."""

SINGLE: Mapping[str, str] = {
    "now": "today, in words of the reply's language",
    "language": "the language of the body that was taken",
}
"""Names that stand alone."""

LIST_FIELDS = frozenset({("ticket", "tags")})
"""The only fields that a loop may walk through."""

MAX_VALUE = 500
MAX_LIST = 50

_MONTHS = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

Value = str | int | list[str]
Values = dict[str, "Value | dict[str, Value]"]


@dataclass(frozen=True, slots=True)
class Brand:
    """In whose name replies are written."""

    name: str = ""
    email: str = ""
    url: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a render needs to know about the situation, apart from the agent's answers."""

    ticket: Ticket
    customer: Customer
    agent: str
    now: int
    """Unix seconds, UTC."""
    brand: Brand = Brand()
    zone: tzinfo = UTC
    """The customer-facing time zone, which decides what day it is."""
    register: str = "usted"
    """The house default for customers without one of their own."""

    def values(self, language: str) -> Values:
        """Return the contract's values for a body in `language`; fields without a value are left out."""
        ticket, customer = self.ticket, self.customer
        addresses = [one.value for one in customer.identities if one.kind == "email"]
        reference = ticket.external_ref
        groups: dict[str, dict[str, Value]] = {
            "customer": {
                "first_name": first_name(customer.name),
                "name": "" if "@" in customer.name else customer.name,
                "email": addresses[0] if addresses else "",
                "register": customer.register or self.register,
                "language": "" if customer.language == UNKNOWN_LANGUAGE else customer.language,
                "region": customer.region,
                "tier": customer.tier,
            },
            "ticket": {
                "id": ticket.id,
                "subject": ticket.subject,
                "reference": reference,
                "status": ticket.status.value,
                "priority": ticket.priority.value,
                "topic": ticket.topic,
                "created": day_in_words(self._day(ticket.created_at), language),
                "tags": list(ticket.tags[:MAX_LIST]),
            },
            "agent": {"name": self.agent, "first_name": first_name(self.agent)},
            "brand": {
                "name": self.brand.name,
                "email": self.brand.email,
                "url": self.brand.url,
                "signature": self.brand.signature,
            },
        }
        values: Values = {
            group: {field: _one_line(value) for field, value in fields.items() if value != ""}
            for group, fields in groups.items()
        }
        values["now"] = day_in_words(self._day(self.now), language)
        values["language"] = language
        return values

    def _day(self, at: int) -> date:
        return datetime.fromtimestamp(at, self.zone).date()


def first_name(name: str) -> str:
    """Return the word to address somebody by: `García López, Ana` and `Ana García` give `Ana`; an address none."""
    if "@" in name:
        return ""
    given = name.split(",", 1)[1] if name.count(",") == 1 else name
    words = given.split() or name.replace(",", " ").split()
    return words[0] if words else ""


def day_in_words(day: date, language: str) -> str:
    """Return `23 November 2026`, or `23 de noviembre de 2026` for any Spanish; other languages get the ISO date."""
    base = language.split("-")[0]
    if base not in _MONTHS:
        return day.isoformat()
    month = _MONTHS[base][day.month - 1]
    return f"{day.day} de {month} de {day.year}" if base == "es" else f"{day.day} {month} {day.year}"


def _one_line(value: Value) -> Value:
    # Foreign text is data: on one line and short, so that a value cannot pass itself off as part of the reply's layout.
    return " ".join(value.split())[:MAX_VALUE] if isinstance(value, str) else value
