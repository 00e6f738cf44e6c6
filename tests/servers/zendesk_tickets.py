"""The tickets of the tests' Zendesk: what its documentation says of them, and nothing more.

Every update is an audit; times count whole seconds; a closed ticket takes no update; who assigns a new ticket opens it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
_PLAIN = ("assignee_id", "group_id", "priority", "subject")
EXCLUDED = 60
"""Seconds before a request whose changes an incremental export leaves out."""


class Refusal(Exception):  # noqa: N818  it is an answer, not a fault
    """An answer that is no success."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(status))
        self.status, self.body, self.headers = status, body, dict(headers or {})


def invalid(place: str, sentence: str) -> Refusal:
    """Return the answer to a value that a record does not take."""
    details = {place: [{"description": sentence}]}
    return Refusal(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details})


@dataclass
class ZendeskTickets:
    """One account's records, and its clock, which tests move."""

    now: int
    users: dict[int, Json] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    brands: dict[int, str] = field(default_factory=dict)
    fields: dict[int, Json] = field(default_factory=dict)
    views: dict[int, Json] = field(default_factory=dict)
    """Title, and the tags of which a ticket in it has one."""
    macros: list[Json] = field(default_factory=list)
    statuses: dict[int, Json] = field(default_factory=dict)
    tickets: dict[int, Json] = field(default_factory=dict)
    audits: dict[int, list[Json]] = field(default_factory=dict)
    files: dict[int, Json] = field(default_factory=dict)
    """Attachments by number, with their bytes."""
    uploads: dict[str, list[int]] = field(default_factory=dict)
    memberships: dict[int, list[int]] = field(default_factory=dict)
    """The groups of an agent, the default one first; who is not named is in all of them."""
    _updates: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    """When a user updated a ticket over the API."""
    _number: int = 9_000_000_000

    def number(self) -> int:
        """Return a number that nothing has yet."""
        self._number += 7
        return self._number

    def pass_time(self, seconds: int = EXCLUDED + 1) -> None:
        """Let so many seconds go by."""
        self.now += seconds

    def add_user(self, name: str, email: str | None, role: str = "end-user") -> int:
        """Add a person and return their number."""
        number = self.number()
        self.users[number] = {"id": number, "name": name, "email": email, "role": role, "active": True}
        return number

    def open(self, requester: int, subject: str, words: str, *, via: str = "email", files: list[int] | None = None,
             **values: Any) -> int:  # fmt: skip
        """Have somebody open a ticket."""
        number = len(self.tickets) + 1
        self.tickets[number] = {
            "id": number, "subject": subject, "status": "new", "requester_id": requester, "submitter_id": requester,
            "assignee_id": None, "group_id": None, "brand_id": None, "email_cc_ids": [], "collaborator_ids": [],
            "tags": [], "priority": None, "custom_fields": [{"id": one, "value": None} for one in self.fields],
            "custom_status_id": None, "created_at": self.stamp(), "updated_at": self.stamp(), "generated_timestamp": 0,
            "via": {"channel": via}, **values,
        }  # fmt: skip
        self.audits[number] = []
        self.change(number, requester, {"comment": {"body": words}}, channel=via, files=files)
        return number

    def write(self, ticket: int, author: int, words: str, *, public: bool = True, **more: Any) -> int:
        """Have somebody write a comment, and return its number."""
        audit = self.change(ticket, author, {"comment": {"body": words, "public": public}}, channel="email", **more)
        return int(next(one["id"] for one in audit["events"] if one["type"] == "Comment"))

    def stamp(self) -> str:
        """Return the present second as Zendesk writes it."""
        return datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def change(self, ticket: int, by: int, wanted: Json, *, channel: str = "api", files: list[int] | None = None,
               system: Json | None = None) -> Json:  # fmt: skip
        """Update a ticket as one audit, or refuse all of it."""
        found = self.tickets.get(ticket)
        if found is None:
            raise Refusal(404, {"error": "RecordNotFound", "description": "Not found"})
        if found["status"] == "closed":
            raise invalid("status", "Status: closed prevents ticket update")
        if wanted.get("safe_update") and wanted.get("updated_stamp") != found["updated_at"]:
            told = "Safe Update prevented the update due to outdated ticket data."
            raise Refusal(409, {"error": "UpdateConflict", "description": told})
        values = self._values(found, by, wanted)
        self.now += 1
        events: list[Json] = []
        if "comment" in wanted:
            events.append(self._comment(by, wanted["comment"], files))
        for name, value in values.items():
            if found.get(name) != value:
                events.append({"id": self.number(), "type": "Change", "field_name": name, "value": value,
                               "previous_value": found.get(name)})  # fmt: skip
        audit = {
            "id": self.number(), "ticket_id": ticket, "created_at": self.stamp(), "author_id": by, "events": events,
            # "in the audit object, the data is specified in the custom property" (Ticket Audits, Setting metadata)
            "metadata": {"system": system or {}, "custom": dict(wanted.get("metadata", {}))},
            "via": {"channel": channel},
        }  # fmt: skip
        found |= values
        found["updated_at"], found["generated_timestamp"] = self.stamp(), self.now
        self.audits[ticket].append(audit)
        return audit

    def _values(self, found: Json, by: int, wanted: Json) -> Json:
        """Return the properties that an update gives a ticket."""
        given: Json = {name: wanted[name] for name in _PLAIN if name in wanted}
        if "custom_status_id" in wanted:
            given["custom_status_id"] = wanted["custom_status_id"]
            given["status"] = self.statuses[wanted["custom_status_id"]]["status_category"]
        if "status" in wanted:
            if wanted["status"] not in STATUSES:
                raise invalid("status", f"Status: {wanted['status']} is not included in the list")
            given["status"], given["custom_status_id"] = wanted["status"], None
        elif given.get("assignee_id") and found["status"] == "new":
            given["status"] = "open"
        comment = wanted.get("comment")
        if comment and self._agent(by) is False and found["status"] in ("pending", "hold", "solved"):
            given["status"], given["custom_status_id"] = "open", None
        if given.get("assignee_id"):
            self._assignable(found, given)
        if "tags" in wanted:
            given["tags"] = sorted({tag for one in wanted["tags"] for tag in str(one).lower().split()})
        if "custom_fields" in wanted:
            given["custom_fields"] = self._custom(found, wanted["custom_fields"])
        return given

    def _assignable(self, found: Json, given: Json) -> None:
        """Refuse an assignee outside the group that an update names; who is outside the present group changes it."""
        agent = given["assignee_id"]
        if not self._agent(agent):
            raise invalid("assignee", "Assignee: is not an agent")
        groups = self.memberships.get(agent)
        if groups is None or given.get("group_id", found["group_id"]) in (None, *groups):
            return
        if "group_id" in given:
            raise invalid("assignee", "Assignee: is not a member of the group")
        given["group_id"] = groups[0]

    def count_update(self, ticket: int, by: int, clock: int) -> None:
        """Refuse the 31st update of a ticket by a user within ten minutes (Rate limits, Update Ticket)."""
        recent = [at for at in self._updates.get((ticket, by), []) if at > clock - 600]
        if len(recent) >= 30:
            wait = str(recent[0] + 600 - clock)
            raise Refusal(429, {"error": "TooManyRequests", "description": "Too many updates"}, {"Retry-After": wait})
        self._updates[ticket, by] = [*recent, clock]

    def _custom(self, found: Json, wanted: list[Json]) -> list[Json]:
        changed = {one["id"]: one["value"] for one in wanted}
        for number, value in changed.items():
            options = self.fields[number].get("custom_field_options")
            if options and value not in {one["value"] for one in options}:
                raise invalid("base", f"{self.fields[number]['title']}: is invalid")
        return [{"id": one["id"], "value": changed.get(one["id"], one["value"])} for one in found["custom_fields"]]

    def _agent(self, user: int) -> bool:
        return bool(self.users[user]["role"] != "end-user")

    def _comment(self, by: int, wanted: Json, files: list[int] | None) -> Json:
        held = list(files or [])
        for token in wanted.get("uploads", []):
            if token not in self.uploads:
                raise invalid("base", "Uploads: token is invalid")
            held += self.uploads.pop(token)
        return {
            "id": self.number(), "type": "Comment", "author_id": wanted.get("author_id", by),
            "body": wanted.get("body", ""), "html_body": f"<div class=\"zd-comment\">{wanted.get('body', '')}</div>",
            "public": wanted.get("public", True), "attachments": [self.file(number) for number in held],
        }  # fmt: skip

    def keep(self, name: str, kind: str, content: bytes) -> int:
        """Keep a file and return its number."""
        number = self.number()
        self.files[number] = {"id": number, "file_name": name, "content_type": kind, "content": content}
        return number

    def file(self, number: int) -> Json:
        """Return what is told of a file; the address of its bytes is completed by the server."""
        kept = self.files[number]
        return {"id": number, "size": len(kept["content"]), "inline": False,
                "content_url": kept.get("content_url") or f"/attachments/token/{number}/",
                "mapped_content_url": f"/attachments/token/{number}/",
                **{name: kept[name] for name in ("file_name", "content_type")}}  # fmt: skip

    def export(self, start: int, cursor: str, per_page: int) -> Json:
        """Return a page of the tickets that changed, oldest change first."""
        after = (start - 1, 10**12)
        if cursor:
            when, _, which = base64.b64decode(cursor).decode().partition("||")
            after = (int(when), int(which))
        found = sorted((one["generated_timestamp"], one["id"]) for one in self.tickets.values())
        later = [key for key in found if key > after and key[0] <= self.now - EXCLUDED]
        page = later[:per_page]
        packed = base64.b64encode("||".join(map(str, page[-1])).encode()).decode() if page else cursor or None
        return {"tickets": [dict(self.tickets[number]) for _, number in page], "after_cursor": packed,
                "after_url": None, "before_cursor": None, "end_of_stream": len(later) <= per_page}  # fmt: skip

    def replies(self) -> list[Json]:
        """Return the public comments of agents, oldest first."""
        found = [one for audits in self.audits.values() for audit in audits for one in audit["events"]]
        ours = [one for one in found if one["type"] == "Comment" and one["public"] and self._agent(one["author_id"])]
        return sorted(ours, key=lambda one: int(one["id"]))
