"""What the connectors of hosted systems have alike: where their secret comes from, and what is in their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from data.errors import UnreachableError
from queues.accounts.ticketing_system import Tracker

Json = Mapping[str, Any]


class TokenOf(Protocol):
    """Where a connector gets its secret."""

    def __call__(self, tracker: Tracker, /) -> str:
        """Return the secret, read again each time."""
        ...


def usable(token: str, name: str) -> str:
    """Return a token that a header can hold. Raises UnreachableError."""
    if not token.isascii() or not token.isprintable():
        raise UnreachableError(
            "No token", f"The token of {name} contains characters that no token has; enter it again."
        )
    return token


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
