"""What the connectors of hosted systems have alike: where their secret comes from, and what is in their JSON."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from data.errors import RefusedError, UnreachableError
from queues.connectors.web import NotFoundError, Packed

Json = Mapping[str, Any]


def usable(token: str, name: str) -> str:
    """Return a token that a header can hold. Raises UnreachableError."""
    if not token.isascii() or not token.isprintable():
        raise UnreachableError(
            "No token", f"The token of {name} contains characters that no token has; enter it again."
        )
    return token


def out_of_sight(error: RefusedError, look: Callable[[str], object], ref: str) -> bool:
    """Return whether what was refused of a ticket is refused because the ticket is gone, or no longer ours to see."""
    if isinstance(error, NotFoundError):
        return True
    try:
        look(ref)
    except RefusedError:
        return True
    return False


def an_object(body: Any, *names: str) -> Json:
    """Return an object of an answer, or what lies in it under these names; empty if it is missing."""
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def objects(body: Any) -> list[Json]:
    """Return the objects of a list, none if it is not a list."""
    return [row for row in body if isinstance(row, dict)] if isinstance(body, list) else []


def number_in(value: Any) -> int:
    """Return a number of an answer, 0 if it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def text_in(value: Any) -> str:
    """Return what a custom field holds, as text; empty for what has no text of its own."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (str, int, float)) else ""


def form(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]]) -> Packed:
    """Return fields and files, named `attachments[]`, as a form (RFC 7578)."""
    border = f"tridesk-{hashlib.sha256(repr(fields).encode() + b''.join(file[2] for file in files)).hexdigest()}"
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
    for name, kind, content in files:
        quoted = name.replace("\\", "_").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'name="attachments[]"; filename="{quoted}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + content)
    whole = b"".join(f"--{border}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n" for part in parts)
    return Packed(whole + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}")


_MARKED = re.compile(r"""(.*?)<div[^>]*\bclass=["'][^"'>]*\btridesk-((?:[0-9a-f]{2})+)[^>]*>.*?</div>(.*)""", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def marked(text: str, mark: str) -> str:
    """Return words as HTML that bears our mark as a class: for systems that keep nothing else with a message."""
    lines = "<br>".join(escape(line, quote=False) for line in text.split("\n"))
    return f'<div class="tridesk-{mark.encode().hex()}">{lines}</div>'


def mark_of(html: str) -> str:
    """Return the mark of a message that is ours as a whole; empty for others, whatever they quote."""
    match = _MARKED.fullmatch(html)
    if match is None or _TAG.sub("", match[1] + match[3]).strip():
        return ""
    return bytes.fromhex(match[2]).decode("utf-8", "replace")
