"""A Chatwoot for the tests: what its OpenAPI description says, kept in memory, over real HTTP on the loopback.

Message types are numbers (0 incoming, 1 outgoing, 2 activity); every change writes an activity message, which moves a
conversation's `last_activity_at`. Labels are overwritten as a list. Nothing can be asked for on a condition.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import HTTP
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.servers.web_handler import Answer, WebHandler

Json = dict[str, Any]
STATUSES = ("open", "resolved", "pending", "snoozed")
PER_PAGE, BEFORE = 25, 20
ACCOUNT = 3


class Refusal(Exception):  # noqa: N818  it is an answer, not a fault
    """An answer that is no success."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class ChatwootDouble:
    """Serves one account until it is closed; `heard` are the requests so far: method and path."""

    def __init__(self) -> None:
        self.now = 1_790_000_000
        self.agents: dict[int, Json] = {}
        self.tokens: dict[str, int] = {}
        self.inboxes: dict[int, str] = {7: "Soporte"}
        self.conversations: dict[int, Json] = {}
        self.messages: dict[int, list[Json]] = {}
        self.files: dict[str, bytes] = {}
        self.heard: list[tuple[str, str]] = []
        self.faults: list[tuple[str, str, int, dict[str, str]]] = []
        """Method, a part of the path, status, headers: for the next such request; -1 answers nothing, but does it."""
        self._number = 1000
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.host = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.host}/app/accounts/{ACCOUNT}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    # What people do there

    def add_agent(self, name: str) -> str:
        """Add an agent, `NAME@team.example`, and return their access token."""
        number = len(self.agents) + 1
        self.agents[number] = {"id": number, "name": name.title(), "email": f"{name}@team.example", "role": "agent"}
        self.tokens[f"token-of-{name}"] = number
        return f"token-of-{name}"

    def open(self, email: str | None, text: str, *, subject: str = "", inbox: int = 7, files: list[Json] | None = None,
             **values: Any) -> int:  # fmt: skip
        """Have a customer open a conversation."""
        with self._lock:
            number = len(self.conversations) + 1
            contact = {"id": 500 + number, "name": f"Cliente {number}", "email": email, "type": "contact"}
            self.conversations[number] = {
                "id": number, "inbox_id": inbox, "status": "open", "contact": contact, "assignee": None, "labels": [],
                "can_reply": True, "additional_attributes": {"mail_subject": subject} if subject else {}, **values,
            }  # fmt: skip
            self.messages[number] = []
            self.write(number, text, files=files)
            return number

    def write(self, conversation: int, text: str, *, files: list[Json] | None = None) -> None:
        """Have the customer write."""
        with self._lock:
            row = self.conversations[conversation]
            self._add(conversation, 0, text, row["contact"], attachments=files or [])
            if row["status"] in ("resolved", "snoozed"):
                self._set(conversation, "status", "open", "Conversation was reopened")

    def file(self, name: str, content: bytes) -> Json:
        """Return an attachment of a message."""
        place = f"/rails/active_storage/{len(self.files)}/{quote(name)}"
        self.files[place] = content
        return {"id": self._next(), "file_type": "image", "data_url": self.host + place, "file_size": len(content)}

    def stored(self, attachment: Json) -> tuple[str, bytes]:
        """Return name and content of an attachment."""
        place = attachment["data_url"].removeprefix(self.host)
        return unquote(place.rpartition("/")[2]), self.files[place]

    def replies(self) -> list[Json]:
        """Return the messages that went to customers: what has a source id came from the channel, and is not sent."""
        found = [one for messages in self.messages.values() for one in messages]
        return sorted((one for one in found if one["message_type"] == 1 and not one["private"]
                       and not one["source_id"]), key=lambda one: int(one["id"]))  # fmt: skip

    # What it answers

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and body; a status of 0 ends the connection without an answer."""
        parts = urlsplit(target)
        with self._lock:
            self.heard.append((method, parts.path))
            fault = next((one for one in self.faults if one[0] == method and one[1] in parts.path), None)
            if fault:
                self.faults.remove(fault)
                if fault[2] >= 0:
                    return fault[2], fault[3], b"Retry later\n"
            if parts.path in self.files:
                return 200, {}, self.files[parts.path]
            try:
                found = self._work(method, parts.path, parse_qs(parts.query), headers, body)
            except Refusal as refusal:
                return refusal.status, {}, {"error": refusal.sentence}
            return (0, {}, b"") if fault else (200, {}, found)

    def _work(self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes) -> Any:
        user = self.tokens.get(headers.get("api_access_token", ""))
        if user is None:
            raise Refusal(401, "Invalid Access Token")
        if path == "/api/v1/profile":
            return {**self.agents[user], "accounts": [{"id": ACCOUNT, "role": "agent"}]}
        plain = path.removeprefix(f"/api/v1/accounts/{ACCOUNT}/")
        if plain == path:
            raise Refusal(404, "Account not found")
        given = _given(headers.get("Content-Type", ""), body)
        for verb, pattern, work in self._routes():
            match = re.fullmatch(pattern, plain)
            if verb == method and match:
                numbers = [int(one) for one in match.groups()]
                if numbers and numbers[0] not in self.conversations:
                    raise Refusal(404, "Resource could not be found")
                return work(user, query, given, *numbers)
        raise Refusal(404, "Resource could not be found")

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        return [
            ("GET", r"inboxes", lambda *_: {"payload": [{"id": n, "name": name} for n, name in self.inboxes.items()]}),
            ("GET", r"agents", lambda *_: list(self.agents.values())),
            ("GET", r"canned_responses", lambda *_: [{"id": 1, "short_code": "hi", "content": "Hello!"}]),
            ("GET", r"conversations", self._list),
            ("GET", r"conversations/(\d+)", lambda user, query, given, number: self._shown(number)),
            ("GET", r"conversations/(\d+)/messages", self._messages),
            ("POST", r"conversations/(\d+)/messages", self._create),
            ("POST", r"conversations/(\d+)/assignments", self._assign),
            ("POST", r"conversations/(\d+)/toggle_status", self._status),
            ("POST", r"conversations/(\d+)/labels", self._labels),
        ]

    def _list(self, user: int, query: dict[str, list[str]], given: Json) -> Json:
        status, page = query.get("status", ["open"])[-1], int(query.get("page", ["1"])[-1])
        rows = [row for row in self.conversations.values() if status in ("all", row["status"])]
        rows.sort(key=lambda row: -self._at(row["id"]))
        shown = [self._shown(row["id"]) for row in rows[(page - 1) * PER_PAGE : page * PER_PAGE]]
        meta = {"mine_count": 0, "unassigned_count": 0, "all_count": len(rows)}
        return {"data": {"meta": meta, "payload": shown}}

    def _shown(self, number: int) -> Json:
        row = self.conversations[number]
        meta: Json = {"sender": row["contact"], "channel": "Channel::Email"}
        if row["assignee"]:
            meta["assignee"] = self.agents[row["assignee"]]
        plain = {
            name: row[name] for name in ("id", "inbox_id", "status", "labels", "can_reply", "additional_attributes")
        }
        return {**plain, "meta": meta, "account_id": ACCOUNT, "messages": self.messages[number][-1:],
                "timestamp": self._at(number), "last_activity_at": self._at(number)}  # fmt: skip

    def _at(self, number: int) -> int:
        return int(self.messages[number][-1]["created_at"])

    def _messages(self, user: int, query: dict[str, list[str]], given: Json, number: int) -> Json:
        known = self.messages[number]
        if "before" in query:
            known = [one for one in known if one["id"] < int(query["before"][-1])]
        return {"meta": {"labels": self.conversations[number]["labels"]}, "payload": known[-BEFORE:]}

    def _create(self, user: int, query: dict[str, list[str]], given: Json, number: int) -> Json:
        if given.get("message_type", "outgoing") == "incoming":
            raise Refusal(422, "Incoming messages are only allowed in Api inboxes")
        sender = {**self.agents[user], "type": "user"}
        private = given.get("private") in (True, "true")
        attributes = given.get("content_attributes") or {}
        files = [self.file(name, content) for name, content in given.get("attachments[]", [])]
        return self._add(number, 1, given.get("content"), sender, private=private, attachments=files,
                         content_attributes=json.loads(attributes) if isinstance(attributes, str) else attributes,
                         source_id=given.get("source_id"))  # fmt: skip

    def _assign(self, user: int, query: dict[str, list[str]], given: Json, number: int) -> Any:
        wanted = given["assignee_id"]
        if wanted is not None and wanted not in self.agents:
            raise Refusal(404, "Resource could not be found")
        self._set(number, "assignee", wanted, "Assigned")
        return self.agents.get(wanted)

    def _status(self, user: int, query: dict[str, list[str]], given: Json, number: int) -> Json:
        if given["status"] not in STATUSES:
            raise Refusal(422, f"'{given['status']}' is not a valid status")
        self._set(number, "status", given["status"], "Status was changed")
        return {"payload": {"success": True, "current_status": given["status"], "conversation_id": number}}

    def _labels(self, user: int, query: dict[str, list[str]], given: Json, number: int) -> Json:
        self._set(number, "labels", list(given["labels"]), "Labels were changed")
        return {"payload": self.conversations[number]["labels"]}

    def _set(self, number: int, name: str, value: Any, sentence: str) -> None:
        if self.conversations[number][name] != value:
            self.conversations[number][name] = value
            self._add(number, 2, sentence, None)

    def _add(self, number: int, kind: int, text: str | None, sender: Json | None, **values: Any) -> Json:
        self.now += 1
        message = {"id": self._next(), "content": text, "message_type": kind, "content_type": "text", "private": False,
                   "content_attributes": {}, "source_id": None, "created_at": self.now, "conversation_id": number,
                   "sender": sender, "attachments": [], "status": "sent", **values}  # fmt: skip
        self.messages[number].append(message)
        return message

    def _next(self) -> int:
        self._number += 3
        return self._number


def _given(kind: str, body: bytes) -> Json:
    """Return a request's JSON, or the fields of its form; files as name and content."""
    if not kind.startswith("multipart/"):
        return json.loads(body) if body else {}
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, _class=EmailMessage, policy=HTTP)
    fields: Json = {}
    for part in form.iter_parts():
        name, content = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename() is None:
            fields[name] = content.decode()
        else:
            fields.setdefault(name, []).append((part.get_filename(), content))
    return fields


def _handler(double: ChatwootDouble) -> type[WebHandler]:
    class Handler(WebHandler):
        timeout = 10

        def answer(self, body: bytes) -> Answer:
            return double.answer(self.command, self.path, self.headers, body)

        do_GET = do_POST = WebHandler.any  # noqa: N815

    return Handler
