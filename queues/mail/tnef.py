"""What Outlook packs into winmail.dat (MS-OXTNEF): the files, and the words where no other part has them.

Only the few properties that are shown are read; every length is compared with what is there.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from queues.mail.charsets import decode

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
MOST_FILES = 200
_MOST_PROPERTIES = 5_000
_SIGNATURE = 0x223E9F78
_BODY, _TITLE, _DATA, _RENDERING, _PROPERTIES, _OF_FILE, _CODE_PAGE = (
    0x800C, 0x8010, 0x800F, 0x9002, 0x9003, 0x9005, 0x9007,
)  # fmt: skip
_TEXT, _UNICODE, _OBJECT, _BYTES, _MANY = 0x1E, 0x1F, 0x0D, 0x102, 0x1000
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_PLAIN, _HTML, _CONTENT, _NAME, _LONG_NAME = 0x1000, 0x1013, 0x3701, 0x3704, 0x3707


@dataclass(slots=True)
class Packed:
    """The contents of a winmail.dat."""

    plain: str = ""
    html: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)


def unpacked(data: bytes) -> Packed:
    """Return what a winmail.dat holds, as far as it can be read; nothing if it is not a winmail.dat."""
    packed = Packed()
    page = "cp1252"
    files: list[dict[int, str | bytes]] = []
    try:
        for name, value in _attributes(data):
            if name == _CODE_PAGE and len(value) >= 4:
                page = f"cp{int.from_bytes(value[:4], 'little')}"
            elif name == _BODY:
                packed.plain = _shown(value, page)
            elif name == _PROPERTIES:
                props = _read(value, page)
                packed.plain = packed.plain or _shown(props.get(_PLAIN, ""), page)
                packed.html = _shown(props.get(_HTML, ""), "")
            elif name == _RENDERING and len(files) < MOST_FILES:
                files.append({})
            elif files and name in (_TITLE, _DATA):
                files[-1].setdefault(_NAME if name == _TITLE else _CONTENT, value)
            elif files and name == _OF_FILE:
                files[-1].update(_read(value, page))
    except struct.error:
        pass  # cut off: what came before it is whole
    for props in files:
        title = _shown(props.get(_LONG_NAME) or props.get(_NAME, ""), page)
        content = props.get(_CONTENT, b"")
        if title and isinstance(content, bytes) and content:
            packed.files.append((re.split(r"[/\\]", title)[-1], content))
    return packed


def _shown(value: str | bytes, page: str) -> str:
    text = value if isinstance(value, str) else decode(value, page)
    return text.rstrip("\x00").replace("\r\n", "\n")


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield name and value of each attribute of the stream."""
    if struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return
    at = 6
    while at + 11 <= len(data):
        name, length = struct.unpack_from("<H2xI", data, at + 1)
        end = at + 9 + length
        if end > len(data):
            return
        yield name, data[at + 9 : end]
        at = end + 2  # a checksum of two bytes


def _read(data: bytes, page: str) -> dict[int, str | bytes]:
    """Return the properties that can be read, each by its number."""
    properties: dict[int, str | bytes] = {}
    try:
        for number, value in _properties(data, page):
            properties[number] = value
    except struct.error:
        pass  # one that is broken hides those behind it only
    return properties


def _properties(data: bytes, page: str) -> Iterator[tuple[int, str | bytes]]:
    """Yield number and value of the properties that are texts or bytes."""
    at = 4
    for _ in range(min(struct.unpack_from("<I", data)[0], _MOST_PROPERTIES)):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _after_name(data, at)
        several, kind = kind & _MANY, kind & ~_MANY
        varies = kind in (_TEXT, _UNICODE, _OBJECT, _BYTES)
        count = 1
        if several or varies:
            (count,) = struct.unpack_from("<I", data, at)
            at += 4
        if not varies:
            at += _SIZES[kind] * count if kind in _SIZES else len(data)
            continue
        for _ in range(min(count, _MOST_PROPERTIES)):
            (length,) = struct.unpack_from("<I", data, at)
            value = data[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4
            if at > len(data) + 3:
                return
            yield number, _value(kind, value, page)


def _after_name(data: bytes, at: int) -> int:
    """Return where a named property's value begins, past its set and its number or name."""
    (by_name,) = struct.unpack_from("<I", data, at + 16)
    if not by_name:
        return at + 24
    (length,) = struct.unpack_from("<I", data, at + 20)
    return at + 24 + int(length) + -int(length) % 4


def _value(kind: int, value: bytes, page: str) -> str | bytes:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").rstrip("\x00")
    if kind == _TEXT:
        return decode(value, page).rstrip("\x00")
    return value[16:] if kind == _OBJECT else value
