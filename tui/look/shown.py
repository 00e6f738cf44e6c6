"""The gate of screen and command line: foreign text that cannot drive a terminal, with what is confidential masked.

`data.safe_text` alone is for text that is typed, kept or sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from data import safe_text as gate
from data.confidential.mask import find, masked

_REVEALED = ContextVar("revealed", default=False)
_IDENTIFIERS = frozenset({"message_id", "raw_sha256", "sha256", "version", "at", "date"})
"""Keys whose values look like addresses or numbers and are neither."""
_OVERLAP = 300
"""Characters after a cut that are read too, so that no half of an item is shown."""


def safe_text(text: str) -> str:
    """Return `text` fit to be shown, confidential items masked, unless inside `revealing`."""
    safe = gate.safe_text(text)
    return safe if _REVEALED.get() else masked(safe)


def safe_line(text: str) -> str:
    """Return `text` as one line fit to be shown, confidential items masked, unless inside `revealing`."""
    safe = gate.safe_line(text)
    return safe if _REVEALED.get() else masked(safe)


def beginning(text: str, most: int) -> str:
    """Return about the first `most` characters as one line fit to be shown; the rest of a long text is not read.

    It ends before a confidential item that the cut would go through.
    """
    if len(text) <= most + _OVERLAP:
        return safe_line(text)
    start = gate.safe_line(text[: most + _OVERLAP])
    cut = min([most, *(item.start for item in find(start) if item.start < most < item.end)])
    return start[:cut] if _REVEALED.get() else masked(start[:cut])


def shown_values(value: Any) -> Any:
    """Return a value for JSON or CSV with the texts in it masked, unless inside `revealing`."""
    if _REVEALED.get():
        return value
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {name: item if name in _IDENTIFIERS else shown_values(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown_values(item) for item in value]
    return value


@contextmanager
def revealing() -> Iterator[None]:
    """Mask nothing in here. Whoever asks for it has recorded who looks, and why."""
    token = _REVEALED.set(True)
    try:
        yield
    finally:
        _REVEALED.reset(token)
