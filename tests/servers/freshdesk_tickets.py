"""The tickets of the tests' Freshdesk: what its documentation says of them, and nothing more.

A ticket's first words are its description; what comes later are conversations: replies and notes. A reply changes no
status and carries nothing but its HTML, of which only plain markup stays. Times count whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.hosted_double import File, Json, Refusal, plain_markup, stamp, words_of

STATUSES = {2: "Open", 3: "Pending", 4: "Resolved", 5: "Closed"}
PRIORITIES = (1, 2, 3, 4)
SOURCES = (1, 2, 3, 7, 9, 10)
REPLY, NOTE = 0, 2
_TYPES: dict[str, tuple[type, str]] = {
    "subject": (str, "String"), "type": (str, "String"), "description": (str, "String"), "status": (int, "Integer"),
    "priority": (int, "Integer"), "source": (int, "Integer"), "responder_id": (int, "Integer"),
    "group_id": (int, "Integer"), "requester_id": (int, "Integer"), "tags": (list, "Array"),
    "custom_fields": (dict, "key/value pair"), "due_by": (str, "String"), "fr_due_by": (str, "String"),
    "product_id": (int, "Integer"), "company_id": (int, "Integer"), "email_config_id": (int, "Integer"),
}  # fmt: skip
_NEVER_EMPTY = ("status", "priority", "source")
_LONGEST_TAG = 32


def wrong(*errors: tuple[str, str, str]) -> Refusal:
    """Return the answer to a request that is not in order: of each fault the field, a sentence and a code."""
    rows = [{"field": name, "message": message, "code": code} for name, message, code in errors]
    return Refusal(400, {"description": "Validation failed", "errors": rows})


def unexpected(name: str) -> Refusal:
    """Return the answer to a field that there is not."""
    return wrong((name, "Unexpected/invalid field in request", "invalid_field"))


@dataclass
class FreshdeskTickets:
    """One account's records; `passes` lets the time of one change go by and returns what time it is."""

    passes: Callable[[], float]
    agents: dict[int, Json] = field(default_factory=dict)
    contacts: dict[int, Json] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    scopes: dict[int, set[int]] = field(default_factory=dict)
    """The groups of an agent who sees no others."""
    mailboxes: list[str] = field(default_factory=lambda: ["support@desk.example"])
    """The addresses that replies come from, that of the whole account first."""
    fields: dict[str, str] = field(default_factory=dict)
    """The custom fields by their names, each with its label."""
    needed: set[str] = field(default_factory=set)
    """Those without which a ticket is not resolved."""
    tickets: dict[int, Json] = field(default_factory=dict)
    conversations: dict[int, list[Json]] = field(default_factory=dict)
    files: dict[int, File] = field(default_factory=dict)
    _number: int = 43_000_000_000

    def number(self) -> int:
        """Return a number that nothing has yet."""
        self._number += 11
        return self._number

    # What people do there

    def add_agent(self, name: str, email: str) -> int:
        """Add an agent and return their number."""
        number, at = self.number(), stamp(self.passes())
        self.agents[number] = {
            "id": number, "available": True, "occasional": False, "ticket_scope": 1, "type": "support_agent",
            "created_at": at, "updated_at": at, "contact": {"active": True, "email": email, "name": name},
        }  # fmt: skip
        return number

    def add_contact(self, name: str, email: str | None) -> int:
        """Add a customer and return their number."""
        number = self.number()
        self.contacts[number] = {"id": number, "name": name, "email": email, "active": True, "phone": None,
                                 "mobile": None, "language": "es", "other_emails": [], "tags": []}  # fmt: skip
        return number

    def open(self, requester: int, subject: str, words: str, *, files: Iterable[File] = (), **values: Any) -> int:
        """Have a customer open a ticket by mail."""
        number, at = len(self.tickets) + 1, stamp(self.passes())
        self.tickets[number] = {
            "id": number, "subject": subject, "description": _div(words), "status": 2, "priority": 1, "source": 1,
            "requester_id": requester, "responder_id": None, "group_id": None, "type": None, "tags": [],
            "cc_emails": [], "fwd_emails": [], "reply_cc_emails": [], "to_emails": [self.mailboxes[0]],
            "email_config_id": None, "company_id": None, "product_id": None, "spam": False, "deleted": False,
            "fr_escalated": False, "is_escalated": False, "due_by": at, "fr_due_by": at, "association_type": None,
            "custom_fields": dict.fromkeys(self.fields), "attachments": [self.keep(file, at) for file in files],
            "created_at": at, "updated_at": at, **values,
        }  # fmt: skip
        self.conversations[number] = []
        return number

    def write(self, ticket: int, words: str, *, files: Iterable[File] = ()) -> int:
        """Have the customer write again, which opens the ticket, and return the conversation's number."""
        row = self.tickets[ticket]
        number = self.add(ticket, row["requester_id"], _div(words), source=REPLY, incoming=True, files=files)["id"]
        row["status"] = 2
        return int(number)

    def note(self, ticket: int, agent: int, words: str) -> int:
        """Have an agent leave a note over the pages."""
        return int(self.add(ticket, agent, _div(words), source=NOTE, private=True)["id"])

    def delete(self, ticket: int, *, spam: bool = False) -> None:
        """Have a ticket put away."""
        self.tickets[ticket] |= {"spam" if spam else "deleted": True, "updated_at": stamp(self.passes())}

    # What is asked for

    def ticket(self, number: int, agent: int) -> Json:
        """Return a ticket, for who may see it."""
        found = self.tickets.get(number)
        if found is None:
            raise Refusal(404, b"")
        if not self.sees(agent, found):
            message = "You are not authorized to perform this action."
            raise Refusal(403, {"code": "access_denied", "message": message})
        return found

    def sees(self, agent: int, ticket: Json) -> bool:
        """Return whether a ticket is in an agent's scope."""
        return agent not in self.scopes or ticket["group_id"] in self.scopes[agent]

    def whole(self, row: Json) -> Json:
        """Return a ticket as it is viewed."""
        return {**row, "description_text": words_of(row["description"])}

    def listed(self, row: Json) -> Json:
        """Return a ticket as a list has it."""
        return {name: value for name, value in row.items() if name not in ("description", "attachments", "deleted")}

    def requester(self, row: Json) -> Json:
        """Return what is embedded of the customer."""
        known = self.contacts[row["requester_id"]]
        return {name: known[name] for name in ("id", "name", "email", "mobile", "phone")}

    # What is changed

    def changeable(self, number: int, agent: int, others: str) -> Json:
        """Return a ticket that is not put away; of one that is, only `others` of the methods are allowed."""
        found = self.ticket(number, agent)
        if found["deleted"] or found["spam"]:
            raise Refusal(405, {"message": f"It should be one of these method(s): {others}"}, {"Allow": others})
        return found

    def update(self, number: int, agent: int, given: Json) -> Json:
        """Change a ticket, or refuse all of it."""
        found = self.changeable(number, agent, "GET")
        values = dict(given)
        attachments = values.pop("attachments", [])
        for name, value in values.items():
            self._check(name, value)
        custom = {**found["custom_fields"], **values.pop("custom_fields", {})}
        if values.get("status", 2) in (4, 5):
            for name in sorted(self.needed):
                if not custom.get(name):
                    told = "It should not be blank as this is a mandatory field"
                    raise wrong((f"custom_fields.{name}", told, "invalid_value"))
        at = stamp(self.passes())
        files = [self.keep(file, at) for file in attachments]
        found |= {**values, "custom_fields": custom, "attachments": [*found["attachments"], *files], "updated_at": at}
        return found

    def _check(self, name: str, value: Any) -> None:
        """Refuse what a ticket's field does not take."""
        if name not in _TYPES:
            raise unexpected(name)
        kind, called = _TYPES[name]
        if value is None and name not in _NEVER_EMPTY:
            return
        if not isinstance(value, kind) or isinstance(value, bool):
            told = f"Value set is of type {_called(value)}.It should be a/an {called}"
            raise wrong((name, told, "datatype_mismatch"))
        choices = {"status": tuple(STATUSES), "priority": PRIORITIES, "source": SOURCES}.get(name)
        if choices is not None and value not in choices:
            told = f"It should be one of these values: '{','.join(map(str, choices))}'"
            raise wrong((name, told, "invalid_value"))
        known: dict[str, set[int]] = {
            "responder_id": {*self.agents}, "group_id": {*self.groups}, "requester_id": {*self.contacts},
        }  # fmt: skip
        if name in known and value not in known[name]:
            what = {"responder_id": "agent", "group_id": "group", "requester_id": "contact"}[name]
            raise wrong((name, f"There is no {what} matching the given {name}", "invalid_value"))
        if isinstance(value, list) and not all(map(_is_tag, value)):
            told = f"It should contain elements of up to {_LONGEST_TAG} characters, without commas"
            raise wrong((name, told, "invalid_value"))
        if isinstance(value, dict):
            for custom in value:
                if custom not in self.fields:
                    raise unexpected(f"custom_fields.{custom}")

    def add(self, ticket: int, user: int, html: str, *, source: int, incoming: bool = False, private: bool = False,
            files: Iterable[File] = (), **values: Any) -> Json:  # fmt: skip
        """Add a reply or a note."""
        row, at, body = self.tickets[ticket], stamp(self.passes()), sanitized(html)
        customer = self.contacts[row["requester_id"]]["email"]
        to = [] if source == NOTE or incoming else [customer]
        said = {
            "id": self.number(), "ticket_id": ticket, "user_id": user, "body": body, "body_text": words_of(body),
            "incoming": incoming, "private": private, "source": source, "to_emails": to, "cc_emails": [],
            "bcc_emails": [], "from_email": customer if incoming else self.mailboxes[0],
            "support_email": None if source == NOTE else self.mailboxes[0],
            "attachments": [self.keep(file, at) for file in files], "created_at": at, "updated_at": at, **values,
        }  # fmt: skip
        self.conversations[ticket].append(said)
        row["updated_at"] = at
        return said

    def keep(self, file: File, at: str) -> Json:
        """Keep a file, and return what is told of it; where it lies is completed by the server."""
        number = self.number()
        self.files[number] = file
        return {"id": number, "name": file.name, "content_type": file.kind, "size": len(file.content),
                "attachment_url": "", "created_at": at, "updated_at": at}  # fmt: skip

    def replies(self) -> list[Json]:
        """Return the replies that went to customers, oldest first."""
        said = [one for rows in self.conversations.values() for one in rows]
        ours = [one for one in said if one["source"] == REPLY and not one["incoming"]]
        return sorted(ours, key=lambda one: int(one["id"]))


def sanitized(html: str) -> str:
    """Return HTML as it is kept: plain markup in a block."""
    plain = plain_markup(html)
    return plain if plain.lstrip().startswith("<div") else f"<div>{plain}</div>"


def _div(words: str) -> str:
    """Return HTML of plain words."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<div>{escaped}</div>".replace("\n", "<br>")


def _is_tag(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TAG and "," not in value


def _called(value: object) -> str:
    return {str: "String", int: "Integer", list: "Array", dict: "key/value pair", bool: "Boolean"}.get(
        type(value), "Null"
    )
