"""Reads objects of an export without trusting them: a value of another type is kept and reported, never an error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from data.safe_text import safe_line

FIELD = "field."
"""What the names of columns that fill custom fields begin with."""
_EARLIEST, _LATEST = 315_532_800, 4_102_444_800
"""1980 and 2100: a time outside is ignored."""
_SPACED_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$|\s+(?=[+-]\d\d:?\d\d$)", re.I)


class Fields:
    """One object of an export. It remembers which of its fields were understood; `rest` are all others."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._used: set[str] = set()
        self._inside: dict[str, Fields] = {}

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def values(self) -> Mapping[str, Any]:
        """Return all fields as they are."""
        return self._values

    def raw(self, name: str) -> Any:
        """Return a field as it is, and leave it among the rest."""
        return self._values.get(name)

    def text(self, *names: str) -> str:
        """Return the first of the fields that says anything, a number as its digits; empty if none does."""
        return next((result for name in names if (result := self._text(name))), "")

    def _text(self, name: str) -> str:
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return ""
        self._used.add(name)
        return str(value)

    def line(self, *names: str) -> str:
        """Return a text as one safe line."""
        return safe_line(self.text(*names)).strip()

    def flag(self, name: str) -> bool:
        """Return whether a field is true."""
        value = self._values.get(name)
        if isinstance(value, bool):
            self._used.add(name)
        return value is True

    def time(self, *names: str) -> int | None:
        """Return the first of the fields that is a time, in Unix seconds."""
        for name in names:
            result = seconds(self._values.get(name))
            if result is not None:
                self._used.add(name)
                return result
        return None

    def nested(self, name: str) -> Fields:
        """Return the object in a field, or an empty object; fields that it leaves unread are reported here too."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            return Fields({})
        return self._inside.setdefault(name, Fields(value))

    def many(self, name: str) -> list[Fields]:
        """Return the objects of a list; each has its own rest. What is not an object stays where it is."""
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            return []
        self._used.add(name)
        return [Fields(item) for item in value]

    def words(self, name: str, inside: str = "") -> tuple[str, ...]:
        """Return a list of short texts, or what its objects say under `inside`, each once and without spaces."""
        value = self._values.get(name)
        items = value if isinstance(value, list) else _items(value) if isinstance(value, str) else []
        results = [item.get(inside) if inside and isinstance(item, dict) else item for item in items]
        said = [item for item in results if isinstance(item, str)]
        if value is None or len(said) < len(items):
            return ()
        self._used.add(name)
        lines = ("-".join(safe_line(item).split()) for item in said)
        return tuple(dict.fromkeys(line for line in lines if line))

    def drop(self, *names: str) -> None:
        """Mark fields that only repeat values stored elsewhere."""
        self._used.update(names)

    def keep(self, *names: str) -> None:
        """Mark fields that were read but not understood: they are kept anyway."""
        self._used.difference_update(names)

    def rest(self) -> dict[str, Any]:
        """Return what was not understood and is not empty."""
        unread = {
            name: value
            for name, value in self._values.items()
            if name not in self._used and name not in self._inside and value not in (None, "", [], {})
        }
        for name, inside in self._inside.items():
            if name not in self._used and (more := inside.rest()):
                unread[name] = more
        return unread


def _items(text: str) -> list[Any]:
    """Return the parts of a list in one text: between commas, or a list in JSON, as our own tables have it."""
    if text.startswith("["):
        with suppress(ValueError, RecursionError):
            items = json.loads(text)
            return items if isinstance(items, list) else [text]
    return text.split(",")


def seconds(value: Any) -> int | None:
    """Return Unix seconds of ISO 8601 (without a zone: UTC) or of Unix seconds or milliseconds; None for no time."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
        result = int(number / 1000 if abs(number) > 1e11 else number)
    except (ValueError, OverflowError):
        result = _iso(str(value))
    return result if _EARLIEST <= result <= _LATEST else None


def _iso(text: str) -> int:
    spaced = _SPACED_ZONE.search(text.strip())
    plain = text.strip()
    if spaced:
        plain = plain[: spaced.start()] + (plain[spaced.end() :] or "+00:00")
    try:
        moment = datetime.fromisoformat(plain)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return 0
