"""The shape of an export's object: its keys, and those of the first object in its lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec


class Shape:
    """An object whose values were not read yet."""

    def __init__(self, row: Mapping[str, msgspec.Raw]) -> None:
        self.row = row

    def __contains__(self, name: str) -> bool:
        return name in self.row

    def has(self, *names: str) -> bool:
        """Return whether one of the keys is there."""
        return any(name in self.row for name in names)

    def is_list(self, name: str) -> bool:
        """Return whether the key holds a list."""
        return name in self.row and bytes(self.row[name])[:1] == b"["

    def inside(self, name: str) -> Shape:
        """Return the object under a key, or the first object of the list there; an empty shape where there is none."""
        raw = self.row.get(name)
        results = opened(raw) if raw is not None else None
        if isinstance(results, list):
            results = opened(results[0]) if results else None
        return Shape(results) if isinstance(results, dict) else Shape({})

    def objects(self, name: str) -> Iterator[msgspec.Raw]:
        """Yield the items of the list under a key, or the object there."""
        raw = self.row[name]
        results = opened(raw)
        if isinstance(results, list):
            yield from results
        elif results is not None:
            yield raw


def opened(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | list[msgspec.Raw] | None:
    """Return what is directly in a JSON object or list, unread; None for anything else and for broken JSON."""
    start = bytes(memoryview(raw)[:64]).lstrip()[:1]
    if start not in (b"{", b"["):
        return None
    try:
        return _opened(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        try:
            return _opened(_mended(bytes(raw)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
    except RecursionError:
        return None


def _opened(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | list[msgspec.Raw]:
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw] | list[msgspec.Raw])


_ODD = re.compile(
    rb"""(?P<kept>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})
    |\\.|(?P<no_number>(?<=[:,\[\s])-?(?:NaN|Infinity)(?=[,\]}\s]))""",
    re.VERBOSE | re.DOTALL,
)


def _mended(raw: bytes) -> bytes:
    """Return JSON without what only lenient programs write: lone surrogates, NaN and infinities."""

    def mended(match: re.Match[bytes]) -> bytes:
        return b"\\ufffd" if match["half"] else b"null" if match["no_number"] else match[0]

    return _ODD.sub(mended, raw)
