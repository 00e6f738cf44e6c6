"""Roundup's REST interface as the connector uses it: rows by number, changes that name the version they were read in.

Seen with Roundup 2.6.0: every change needs If-Match (412 else); a list is limited only after all of it was written out,
so it is asked for numbers alone and the rows by their numbers; an unknown property is a 400, one that we may not see is
left out; a request with a login is taken only with X-Requested-With and an Origin of its own.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.errors import ConnectorError, RefusedError, UnreachableError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.tls import context
from queues.connectors.web import Answer, Offer, Packed, WebClient
from queues.connectors.web_system import SecretOf

Query = Sequence[tuple[str, str]]
AT_ONCE = 50
"""Rows of one request: their numbers are in its address."""


class Rest:
    """One Roundup's data, in one thread."""

    def __init__(self, tracker: Tracker, secret: SecretOf) -> None:
        """Take the settings and where the secret is. Raises InputError if the CA file cannot be used."""
        self.tracker, self._secret = tracker, secret
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(f"{tracker.url}/rest/data", context=tls, per_minute=tracker.requests, secret="password",
                             file_hosts=tracker.file_hosts)  # fmt: skip
        self._properties: dict[str, list[str]] = {}
        self._numbers: dict[str, dict[str, str]] = {}

    def ask(self, method: str, path: str, *, query: Query = (), body: Any = None, version: str = "") -> Answer:
        """Make a request; `version` is the state that it changes. Raises ConnectorError, StaleError among them."""
        return self.web.ask(method, path, self.headers(version), query=query, body=body)

    def offer(self, path: str, values: Mapping[str, Any], version: str) -> Offer:
        """Hand a change over, short of its last byte."""
        return self.web.offer("PATCH", path, self.headers(version), dict(values))

    def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        """Return what a path holds."""
        return _data(self.ask("GET", path, query=query).body)

    def rows(self, kind: str, query: Query) -> list[dict[str, Any]]:
        """Return the rows of a class that a query finds."""
        result = self.get(kind, query).get("collection")
        if not isinstance(result, list):
            raise ConnectorError("Not understood", f"{self.web.place} answered without a list; check the url.")
        return result

    def by_number(self, kind: str, numbers: Iterable[str], fields: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return rows by their numbers, with names instead of the numbers of what they link to."""
        wanted, answer = list(dict.fromkeys(numbers)), dict[str, dict[str, Any]]()
        shown = [("@fields", ",".join(fields)), ("@verbose", "3")]
        for start in range(0, len(wanted), AT_ONCE):
            rows = self.rows(kind, [*(("id", number) for number in wanted[start : start + AT_ONCE]), *shown])
            answer |= {str(row["id"]): row for row in rows}
        return answer

    def properties(self, kind: str, wanted: Sequence[str]) -> list[str]:
        """Return which of these properties a class has; asked once, and again for each that it has not."""
        if kind not in self._properties:
            names = list(wanted)
            while names and (unknown := self._unknown(kind, names)):
                names.remove(unknown)
            self._properties[kind] = names
        return self._properties[kind]

    def _unknown(self, kind: str, names: Sequence[str]) -> str:
        """Return the first of these properties that the tracker does not know, empty if it knows all."""
        try:
            self.rows(kind, [("id", "0"), ("@fields", ",".join(names))])
        except RefusedError as error:
            unknown = next((name for name in names if f"property: {name}'" in error.message), "")
            if not unknown:
                raise
            return unknown
        return ""

    def numbers(self, kind: str, names: Iterable[str] = ()) -> dict[str, str]:
        """Return the numbers of a class by name: asked once, and again where one of `names` is new."""
        if not set(names) <= set(self._numbers.get(kind, ())) or kind not in self._numbers:
            rows = self.rows(kind, [("@fields", "name")])
            self._numbers[kind] = {str(row.get("name")): str(row["id"]) for row in rows}
        return self._numbers[kind]

    def make(self, kind: str, values: Mapping[str, Any]) -> str:
        """Make a row and return its number."""
        return str(_data(self.ask("POST", kind, body=dict(values)).body).get("id", ""))

    def upload(self, name: str, kind: str, content: bytes) -> str:
        """Keep a file there and return its number; a file that claims to be text but is not is sent as binary."""
        if kind.startswith("text/") and not _is_text(content):
            kind = "application/octet-stream"
        return str(_data(self.ask("POST", "file", body=_form(name, kind, content)).body).get("id", ""))

    def download(self, number: str, largest: int) -> bytes:
        """Return a file's content; empty if it is too large or not for us."""
        url = f"{self.tracker.url}/rest/data/file/{number}/binary_content"
        try:
            return self.web.download(url, {**self.headers(), "Accept": "application/octet-stream, */*"}, largest)
        except RefusedError:
            return b""

    def headers(self, version: str = "") -> dict[str, str]:
        """Return the headers of every request."""
        scheme, _, rest = self.tracker.url.partition("://")
        named = {"If-Match": version} if version else {}
        origin = f"{scheme}://{rest.partition('/')[0]}"
        return {"Authorization": self._login(), "Accept": "application/json", "X-Requested-With": "tridesk",
                "Origin": origin, "Referer": f"{self.tracker.url}/", **named}  # fmt: skip

    def _login(self) -> str:
        """Return who we are: a token where the secret is one (RFC 7519), else name and password (RFC 7617)."""
        secret = self._secret(self.tracker)
        if subject(secret):
            return f"Bearer {secret}"
        if not secret.isprintable() or not self.tracker.user:
            raise UnreachableError(
                "No login", f"{self.tracker.name} needs a user, and a password without control characters."
            )
        return "Basic " + base64.b64encode(f"{self.tracker.user}:{secret}".encode()).decode()


def subject(secret: str) -> str:
    """Return the number of the user that a web token is for (RFC 7519, `sub`); empty if it is not such a token."""
    parts = secret.split(".")
    if len(parts) != 3:
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return ""
    return str(claims.get("sub", "")) if isinstance(claims, dict) else ""


def _data(body: Any) -> dict[str, Any]:
    result = body.get("data") if isinstance(body, dict) else None
    return result if isinstance(result, dict) else {}


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _form(name: str, kind: str, content: bytes) -> Packed:
    """Return a file as a form sends it (RFC 7578)."""
    border = secrets.token_hex(16)
    parts = [
        (b'name="name"', name.encode("utf-8", "replace")),
        (b'name="type"', kind.encode("ascii", "replace")),
        (b'name="content"; filename="file"\r\nContent-Type: application/octet-stream', content),
    ]
    lines = [b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (border.encode(), *part) for part in parts]
    return Packed(b"".join(lines) + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}")
