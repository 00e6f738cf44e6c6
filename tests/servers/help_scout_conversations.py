"""The conversations of the tests' Help Scout: what its documentation says of them, and nothing more.

What is said in a conversation are its threads, of which there are a hundred at most; changes leave threads too, line
items. When it was changed last can be asked for and sorted by, and is not told. Times count whole seconds.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.hosted_double import File, Json, Refusal, plain_markup, stamp

STATUSES = ("active", "spam", "open", "closed", "pending")
MOST_THREADS = 100
_ABOUT = "http://developer.helpscout.net/mailbox-api/overview/errors"


def refused(status: int, message: str) -> Refusal:
    """Return an answer that is no success (Errors)."""
    return Refusal(status, {"logRef": str(uuid.uuid4()), "message": message, "_links": {"about": {"href": _ABOUT}}})


def invalid(path: str, message: str, rejected: object = None, source: str = "JSON") -> Refusal:
    """Return the answer to a request of which one part is wrong."""
    fault: Json = {"path": path, "message": message, "source": source, "_links": {"about": {"href": _ABOUT}}}
    if rejected is not None:
        fault["rejectedValue"] = rejected
    body = {"logRef": str(uuid.uuid4()), "message": "Bad request", "_embedded": {"errors": [fault]},
            "_links": {"about": {"href": _ABOUT}}}  # fmt: skip
    return Refusal(400, body)


@dataclass
class HelpScoutConversations:
    """One account's records; `passes` lets the time of one change go by and returns what time it is."""

    passes: Callable[[], float]
    users: dict[int, Json] = field(default_factory=dict)
    customers: dict[int, Json] = field(default_factory=dict)
    inboxes: dict[int, str] = field(default_factory=dict)
    access: dict[int, set[int]] = field(default_factory=dict)
    """The inboxes of a user; who is not named has all of them."""
    fields: dict[int, str] = field(default_factory=dict)
    """The custom fields of the inboxes, each of one line."""
    conversations: dict[int, Json] = field(default_factory=dict)
    threads: dict[int, list[Json]] = field(default_factory=dict)
    """Of each conversation, oldest first."""
    merged: dict[int, int] = field(default_factory=dict)
    """What conversations went into which."""
    files: dict[int, File] = field(default_factory=dict)
    _tags: dict[str, int] = field(default_factory=dict)
    _number: int = 2_100_000_000

    def number(self) -> int:
        """Return a number that nothing has yet."""
        self._number += 7
        return self._number

    # What people do there

    def add_user(self, name: str, email: str) -> int:
        """Add one of the team and return their number."""
        number = self.number()
        self.users[number] = {"id": number, "firstName": name, "lastName": "Agent", "email": email, "role": "user",
                              "timezone": "Europe/Madrid", "type": "user"}  # fmt: skip
        return number

    def add_customer(self, name: str, email: str | None) -> int:
        """Add a customer and return their number."""
        number, (first, _, last) = self.number(), name.partition(" ")
        self.customers[number] = {"id": number, "firstName": first, "lastName": last, "email": email}
        return number

    def open(self, customer: int, subject: str, html: str, *, inbox: int, files: Iterable[File] = (),
             **values: Any) -> int:  # fmt: skip
        """Have a customer open a conversation by mail."""
        number, at = self.number(), stamp(self.passes())
        self.conversations[number] = {
            "id": number, "number": len(self.conversations) + 41, "type": "email", "folderId": 1, "status": "active",
            "state": "published", "subject": subject, "mailboxId": inbox, "assignee": None, "customer": customer,
            "createdAt": at, "userUpdatedAt": at, "modified": at, "tags": [], "customFields": {}, **values,
        }  # fmt: skip
        self.threads[number] = []
        self.add(number, "customer", html, customer=True, files=files)
        return number

    def write(self, conversation: int, html: str, *, files: Iterable[File] = ()) -> int:
        """Have the customer write again, which makes it active, and return the thread's number."""
        self._set(conversation, {"status": "active"}, None)
        return int(self.add(conversation, "customer", html, customer=True, files=files)["id"])

    def workflow(self, conversation: int, status: str) -> None:
        """Have a workflow set the status: no user did anything."""
        row = self.conversations[conversation]
        row |= {"status": status, "modified": stamp(self.passes())}

    def merge(self, source: int, target: int) -> None:
        """Have the threads of a conversation moved to another; the number of the first is no longer one."""
        self.threads[target] += self.threads.pop(source)
        self.conversations.pop(source)
        self.merged[source] = target
        self._touch(target)

    # What is asked for

    def conversation(self, number: int, user: int) -> Json:
        """Return a conversation, for who may see it."""
        if number not in self.conversations:
            raise refused(404, "Conversation not found")
        found = self.conversations[number]
        if not self.sees(user, found["mailboxId"]):
            raise refused(403, "Access denied")
        return found

    def sees(self, user: int, inbox: int) -> bool:
        """Return whether an inbox is among a user's."""
        return inbox in self.access.get(user, self.inboxes.keys())

    def person(self, number: int) -> Json:
        """Return a user or a customer as conversations show them."""
        user = number in self.users
        known = self.users[number] if user else self.customers[number]
        shown = {"id": number, "type": "user" if user else "customer", "first": known["firstName"],
                 "last": known["lastName"], "photoUrl": "https://photos.example/1.png"}  # fmt: skip
        return {**shown, **({"email": known["email"]} if known["email"] else {})}

    def shown(self, row: Json) -> Json:
        """Return a conversation as it is told of."""
        said = [one for one in self.threads[row["id"]] if one["type"] != "lineitem" and one["state"] == "published"]
        names = ("id", "number", "type", "folderId", "status", "state", "subject", "mailboxId", "createdAt",
                 "userUpdatedAt")  # fmt: skip
        whole = {
            **{name: row[name] for name in names}, "threads": len(said), "preview": "",
            "createdBy": self.person(row["customer"]), "primaryCustomer": self.person(row["customer"]),
            "customerWaitingSince": {"time": row["userUpdatedAt"], "friendly": "1 min ago"},
            "source": {"type": "email", "via": "customer"}, "cc": [], "bcc": [],
            "tags": [{"id": self._tags[tag], "color": "#929499", "tag": tag} for tag in row["tags"]],
            "customFields": [{"id": number, "name": self.fields[number], "value": value, "text": value}
                             for number, value in row["customFields"].items()],
        }  # fmt: skip
        return {**whole, **({"assignee": self.person(row["assignee"])} if row["assignee"] else {})}

    # What is changed

    def patch(self, number: int, user: int, given: Any) -> None:
        """Carry out one operation on a conversation (Update Conversation)."""
        row = self.conversation(number, user)
        if not isinstance(given, dict):
            raise refused(400, "Malformed JSON")
        for name in ("op", "path"):
            if not given.get(name):
                raise invalid(name, "may not be empty")
        operation, value = (given["op"], given["path"]), given.get("value")
        if operation == ("remove", "/assignTo"):
            return self._set(number, {"assignee": None}, user)
        if "value" not in given:
            raise invalid("value", "may not be null")
        match operation:
            case ("replace", "/assignTo"):
                if not self._is_number(value) or value not in self.users or not self.sees(value, row["mailboxId"]):
                    raise invalid("assignTo", "User does not exist or has no access to the inbox", value)
                return self._set(number, {"assignee": value}, user)
            case ("replace", "/status"):
                return self._set(number, {"status": self.status(value)}, user)
            case ("replace", "/subject"):
                if not isinstance(value, str) or not value:
                    raise invalid("value", "may not be empty")
                return self._set(number, {"subject": value}, user)
            case ("move", "/mailboxId"):
                if not self._is_number(value) or value not in self.inboxes:
                    raise invalid("mailboxId", "Inbox does not exist", value)
                return self._set(number, {"mailboxId": value}, user)
        raise invalid("path", "Operation is not supported", f"{given['op']} {given['path']}")

    def _is_number(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    def status(self, value: object) -> str:
        """Return a status that may be set; `open` is the name of what is not closed."""
        if value not in STATUSES:
            raise invalid("status", f"Expected one of these: {', '.join(map(repr, STATUSES))}", value)
        return "active" if value == "open" else str(value)

    def set_tags(self, number: int, user: int, given: Any) -> None:
        """Put a list of tags in place of what there is; they are lower case."""
        self.conversation(number, user)
        if not isinstance(given, list) or not all(isinstance(tag, str) and tag.strip() for tag in given):
            raise invalid("tags", "may not be null")
        names = list(dict.fromkeys(tag.strip().lower() for tag in given))
        for name in names:
            self._tags.setdefault(name, self.number())
        self._set(number, {"tags": names}, user)

    def set_fields(self, number: int, user: int, given: Any) -> None:
        """Put a list of custom fields in place of what there is."""
        self.conversation(number, user)
        if not isinstance(given, list):
            raise invalid("fields", "may not be null")
        for one in given:
            if not isinstance(one, dict) or one.get("id") not in self.fields:
                raise invalid("fields[0].id", "Custom field does not exist", str(one))
            if not isinstance(one.get("value"), str) or len(one["value"]) > 255:
                raise invalid("fields[0].value", "length must be between 0 and 255")
        self._set(number, {"customFields": {one["id"]: one["value"] for one in given}}, user)

    def say(self, number: int, user: int, given: Any, *, note: bool) -> Json:
        """Write a reply or a note, or refuse it whole."""
        row = self.conversation(number, user)
        if not isinstance(given, dict):
            raise refused(400, "Malformed JSON")
        if not isinstance(given.get("text"), str) or not given["text"].strip():
            raise invalid("text", "may not be empty")
        if not note:
            self._check_customer(given.get("customer"))
        by = given.get("user", user)
        if by not in self.users:
            raise invalid("user", "User does not exist", by)
        status = self.status(given["status"]) if "status" in given else row["status"] if note else "active"
        files = [_file(index, one) for index, one in enumerate(given.get("attachments") or [])]
        if len(self.threads[number]) >= MOST_THREADS - 1:
            raise refused(412, "The conversation has reached the maximum number of threads")
        draft, imported = given.get("draft") is True and not note, given.get("imported") is True
        made = self.add(number, "note" if note else "message", given["text"], user=by, files=files,
                        state="draft" if draft else "published", source="api", mailed=not (note or draft or imported),
                        cc=given.get("cc") or [], bcc=given.get("bcc") or [])  # fmt: skip
        if not draft:
            values = {"status": status}
            if given.get("assignTo") in self.users:
                values["assignee"] = given["assignTo"]
            row |= values
        return made

    def _check_customer(self, given: Any) -> None:
        if not isinstance(given, dict) or not (given.get("id") or given.get("email")):
            raise invalid("customer", "may not be null")
        if given.get("id") and given["id"] not in self.customers:
            raise invalid("customer.id", "Customer does not exist", given["id"])

    def add(self, conversation: int, kind: str, html: str, *, user: int = 0, customer: bool = False,
            files: Iterable[File] = (), state: str = "published", source: str = "email", mailed: bool = False,
            **values: Any) -> Json:  # fmt: skip
        """Add a thread."""
        row, at = self.conversations[conversation], stamp(self.passes())
        thread = {
            "id": self.number(), "type": kind, "status": row["status"], "state": state, "body": plain_markup(html),
            "action": {"type": "default", "associatedEntities": {}}, "savedReplyId": 0, "to": [], "cc": [], "bcc": [],
            "source": {"type": source, "via": "customer" if customer else "user"}, "createdAt": at,
            "customer": self.person(row["customer"]),
            **({"assignedTo": self.person(row["assignee"])} if row["assignee"] else {}),
            "createdBy": self.person(row["customer"] if customer else user),
            "files": [self._keep(file) for file in files], "mailed": mailed, **values,
        }  # fmt: skip
        self.threads[conversation].append(thread)
        row |= {"modified": at, "userUpdatedAt": at}
        return thread

    def _keep(self, file: File) -> Json:
        number = self.number()
        self.files[number] = file
        return {"id": number, "filename": file.name, "mimeType": file.kind, "size": len(file.content), "width": 0,
                "height": 0, "state": "valid"}  # fmt: skip

    def _set(self, number: int, values: Json, user: int | None) -> None:
        """Change what is another; a user's change leaves a line item."""
        row = self.conversations[number]
        if all(row.get(name) == value for name, value in values.items()):
            return
        row |= values
        if user is None:
            self._touch(number)
        else:
            self.add(number, "lineitem", "", user=user)

    def _touch(self, number: int) -> None:
        at = stamp(self.passes())
        self.conversations[number] |= {"modified": at, "userUpdatedAt": at}

    def replies(self) -> list[Json]:
        """Return the replies that went to customers, oldest first."""
        found = [one for threads in self.threads.values() for one in threads if one["mailed"]]
        return sorted(found, key=lambda one: int(one["id"]))


def _file(index: int, given: Any) -> File:
    for name in ("fileName", "mimeType", "data"):
        if not isinstance(given, dict) or not isinstance(given.get(name), str) or not given[name]:
            raise invalid(f"attachments[{index}].{name}", "may not be empty")
    try:
        return File(given["fileName"], given["mimeType"], base64.b64decode(given["data"], validate=True))
    except binascii.Error:
        raise invalid(f"attachments[{index}].data", "is not well-formed base64") from None
