"""What a macro may see: the published contract, and the plain values behind it.

A template gets text, whole numbers and one list of text; never an object of ours, so it can reach nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from data.records.customers import Customer
from data.records.tickets import UNKNOWN_LANGUAGE, Ticket
from macros.filling.locales import Locale, locale_for, zone_name
from macros.filling.macro import HOUSE_REGISTER
from macros.filling.values import Moment, first_name

CONTRACT: Mapping[str, Mapping[str, str]] = {
    "customer": {
        "first_name": "the customer's first name; missing if no name is known",
        "name": "the full name; missing if no name is known",
        "email": "the first e-mail address",
        "register": "`tu`, `usted` or `vos`: how Spanish addresses this customer; always set",
        "language": "the language remembered for the customer, ISO 639-1",
        "region": "a locale such as `es-MX`",
        "tier": "the customer's tier; `standard` by default",
    },
    "ticket": {
        "id": "the ticket's number",
        "subject": "its subject, on one line",
        "reference": "its number in the outside system",
        "status": "its status",
        "priority": "its priority",
        "topic": "its topic",
        "created": "the date on which it was opened, written out",
        "tags": "its tags: a list, for `{% for tag in ticket.tags %}` or `in`",
        "fields": "its custom fields by name: `{{ ticket.fields.order }}`; missing where one has no value",
    },
    "agent": {"name": "the agent's name", "first_name": "its first word"},
    "brand": {
        "name": "the brand that answers",
        "email": "the support address",
        "url": "the help page",
        "signature": "the signature below a reply",
    },
    "csat": {
        "token": "the ticket's rating token; answers to a reply with it are read as a rating",
        "link": "the form set under `[csat]`, with that token",
        "mailto": "a link that starts a mail with that token",
    },
}
"""Each group's fields and what they hold. A field without a value is a hole where printed, and false in an `if`."""

SINGLE: Mapping[str, str] = {
    "now": "today's date, written out in the reply's language",
    "language": "the language of the text that was chosen",
}
"""Names without a group."""

LIST_FIELDS = frozenset({("ticket", "tags")})
"""The only fields that a loop may walk through."""

MAX_VALUE = 500
MAX_LIST = 50

GROUPS = frozenset({("ticket", "fields")})
"""The fields that hold values by names of the desk's own."""

Value = str | int | list[str] | dict[str, str]
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
    brand: Brand | None = None
    zone: tzinfo = UTC
    """The desk's time zone, for customers whose place has none of its own."""
    register: str = HOUSE_REGISTER
    """The house default for customers without one of their own."""
    csat_token: str = ""
    """What a reply carries that asks how it was."""
    csat_form: str = ""
    """The address of a form, with `{token}` in it."""

    def values(self, language: str) -> Values:
        """Return the contract's values for a body in `language`; fields without a value are left out."""
        ticket, customer = self.ticket, self.customer
        addresses = [identity.value for identity in customer.identities if identity.kind == "email"]
        locale = self.locale(language)
        brand = self.brand or Brand()
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
                "reference": ticket.external_ref,
                "status": ticket.status.value,
                "priority": ticket.priority.value,
                "topic": ticket.topic,
                "created": self._moment(ticket.created_at, locale),
                "tags": list(ticket.tags[:MAX_LIST]),
                "fields": dict(ticket.fields),
            },
            "agent": {"name": self.agent, "first_name": first_name(self.agent)},
            "brand": {
                "name": brand.name,
                "email": brand.email,
                "url": brand.url,
                "signature": brand.signature,
            },
            "csat": self._csat(brand),
        }
        values: Values = {
            group: {field: _one_line(value) for field, value in fields.items() if value != ""}
            for group, fields in groups.items()
        }
        values["now"] = self._moment(self.now, locale)
        values["language"] = language
        return values

    def _csat(self, brand: Brand) -> dict[str, Value]:
        token = self.csat_token
        return {
            "token": token,
            "link": self.csat_form.replace("{token}", token) if token else "",
            "mailto": f"mailto:{brand.email}?subject={token}" if token and brand.email else "",
        }

    def locale(self, language: str) -> Locale:
        """Return how a body in `language` writes numbers and days for this customer."""
        return locale_for(language, self.customer.region)

    def _moment(self, at: int, locale: Locale) -> Moment:
        return Moment.of(datetime.fromtimestamp(at, self.customer_zone), locale)

    @property
    def customer_zone(self) -> tzinfo:
        """The time zone of the customer's place where it has one, else the desk's."""
        name = zone_name(self.customer.region)
        try:
            return ZoneInfo(name) if name else self.zone
        except (OSError, ValueError):  # a machine without time zone data
            return self.zone


def _one_line(value: Value) -> Value:
    # Foreign text is data: on one line and short, so that a value cannot pass itself off as part of the reply's layout.
    if isinstance(value, Moment):
        return value
    if isinstance(value, dict):
        return {name: " ".join(text.split())[:MAX_VALUE] for name, text in value.items()}
    return " ".join(value.split())[:MAX_VALUE] if isinstance(value, str) else value
