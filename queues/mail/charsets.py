"""Bytes to text by a list of allowed charsets; never an exception, never a lone surrogate.

Labels are widened as browsers do (WHATWG Encoding Standard): `iso-8859-1` means windows-1252, `gb2312` gb18030.
"""

from __future__ import annotations

import codecs
import re

_WIDER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
_SINGLE_BYTE = frozenset(
    ["cp437", "cp850", "cp852", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"]
    + [f"cp125{number}" for number in range(9)]
    + [f"iso8859-{number}" for number in range(2, 17) if number != 12]
)
_MANY_BYTE = frozenset(
    {"utf-8", "utf-8-sig", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "hz", "big5", "big5hkscs"}
    | {"cp932", "cp949", "euc_jp", "euc_jis_2004", "shift_jisx0213", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2"}
    | {"iso2022_jp_ext", "iso2022_kr", "johab"}
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+\-]{0,40}")


def allowed_codec(label: str) -> str | None:
    """Return the Python codec for a charset label, or None where the label is unknown or names no text charset."""
    label = label.strip().strip("\"'").lower()
    if not _NAME.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label.removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if name in _SINGLE_BYTE or name in _MANY_BYTE else None


def decode(data: bytes, label: str = "") -> str:
    """Decode mail bytes by their declared charset where it fits, else by what they look like (UTF-8, windows-1252)."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(data) % 2 == 0:
        return data.decode("utf-16", "replace")
    codec = allowed_codec(label)
    if codec in _SINGLE_BYTE or codec is None:
        # Text of a one-byte charset is next to never valid UTF-8 by chance: the label lies.
        return _strict(data, "utf-8") or _strict(data, codec or "cp1252") or data.decode(codec or "latin-1", "replace")
    return _strict(data, codec) or _strict(data, "utf-8") or _not_as_declared(data, codec)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _not_as_declared(data: bytes, codec: str) -> str:
    """Read text that breaks its own charset: mostly-valid text keeps its label, the rest is windows-1252."""
    if not data:
        return ""
    as_declared = data.decode(codec, "replace")
    broken = as_declared.count("\N{REPLACEMENT CHARACTER}")
    right = sum(1 for char in as_declared if char > "\x7f") - broken
    if broken <= right:
        return as_declared
    return data.decode("cp1252", "replace")
