"""The gate of screen and command line: foreign text that cannot drive a terminal, with what is confidential masked.

`data.safe_text` alone is for text that is typed, kept or sent.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from data import safe_text as gate
from data.confidential.items import Item
from data.confidential.mask import covered, find, finding, masked

_REVEALED = ContextVar("revealed", default=False)
_IDENTIFIERS = frozenset({"message_id", "webhook_id", "raw_sha256", "sha256", "version", "at", "date"})
"""Keys whose values look like addresses or numbers and are neither."""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
"""A time as `written_values.iso` writes it: nothing in it is masked, and a row has five."""
MOST_SHOWN = 16_000
"""Characters of a long text that a card shows, where a key waits for it."""
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


def first_part(text: str, most: int) -> str:
    """Return about the first `most` characters fit to be shown; the rest of a long text is not read.

    It ends before a confidential item that the cut would go through.
    """
    if len(text) <= most + _OVERLAP:
        return safe_text(text)
    start = gate.safe_text(text[: most + _OVERLAP])
    return start[:most] if _REVEALED.get() else _first_part(start, most)


def first_part_in_steps(text: str, most: int) -> Generator[None, None, str]:
    """Do what `first_part` does in steps of some milliseconds, for long texts on the screen's thread."""
    start = gate.safe_text(text[: most + _OVERLAP])
    yield
    is_whole = len(text) <= most + _OVERLAP
    if _REVEALED.get():
        return start if is_whole else start[:most]
    items = yield from finding(start)
    return _covered_part(start, len(start) if is_whole else most, items)


def beginning(text: str, most: int) -> str:
    """Return about the first `most` characters as one line, like `first_part`."""
    if len(text) <= most + _OVERLAP:
        return safe_line(text)
    start = gate.safe_line(text[: most + _OVERLAP])
    return start[:most] if _REVEALED.get() else _first_part(start, most)


@lru_cache(maxsize=64)
def _first_part(start: str, most: int) -> str:
    return _covered_part(start, most, find(start))


def _covered_part(start: str, most: int, items: Sequence[Item]) -> str:
    cut = min([most, *(item.start for item in items if item.start < most < item.end)])
    return covered(start[:cut], [item for item in items if item.end <= cut])


def shown_values(value: Any) -> Any:
    """Return a value for JSON or CSV with the texts in it masked, unless inside `revealing`."""
    if _REVEALED.get():
        return value
    if isinstance(value, str):
        return value if _MOMENT.fullmatch(value) else masked(value)
    if isinstance(value, dict):
        return {name: item if name in _IDENTIFIERS else shown_values(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown_values(item) for item in value]
    return value


def is_revealing() -> bool:
    """Return whether nothing is masked here."""
    return _REVEALED.get()


@contextmanager
def revealing() -> Iterator[None]:
    """Mask nothing in here. Whoever asks for it has recorded who looks, and why."""
    token = _REVEALED.set(True)
    try:
        yield
    finally:
        _REVEALED.reset(token)
