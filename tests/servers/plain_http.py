"""Plain requests to a stand-in, as its documentation writes them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Said:
    """What a server answered."""

    status: int
    body: Any
    """The JSON, or bytes where it is something else."""
    headers: Mapping[str, str]
    """By their names in lower case."""


def ask(url: str, method: str, path: str, headers: Mapping[str, str], given: Any = None) -> Said:
    """Make one request on a connection of its own; a body of bytes goes as it is, and any other as JSON."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    body = given if isinstance(given, bytes) or given is None else json.dumps(given).encode()
    kind = {"Content-Type": "application/json"} if body is not None else {}
    try:
        connection.request(method, path, body, {**kind, **headers})
        answer = connection.getresponse()
        raw = answer.read()
    finally:
        connection.close()
    told = {name.lower(): value for name, value in answer.getheaders()}
    is_json = "json" in told.get("content-type", "")
    return Said(answer.status, json.loads(raw) if raw and is_json else raw, told)


def form(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, str, bytes]] = ()) -> tuple[str, bytes]:
    """Return content type and body of a form: fields of name and value, files of field, name, type and content."""
    parts = [(f'name="{name}"', value.encode()) for name, value in fields]
    for field, name, kind, content in files:
        parts.append((f'name="{field}"; filename="{name}"\r\nContent-Type: {kind}', content))
    heads = [(f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode(), body) for head, body in parts]
    whole = b"".join(head + body + b"\r\n" for head, body in heads)
    return "multipart/form-data; boundary=edge", whole + b"--edge--\r\n"
