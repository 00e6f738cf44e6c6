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
_OTHER_NAMES = {
    "utf8mb4": "utf-8", "unicode11utf8": "utf-8", "unicode11utf7": "utf-7", "cp65001": "utf-8", "latin1": "latin-1",
    "sjis": "cp932", "shiftjis": "cp932", "mskanji": "cp932", "big5hkscs2004": "big5hkscs", "iso2022jp": "iso2022_jp",
    "iso2022jpms": "iso2022_jp", "cp50220": "iso2022_jp", "cp50221": "iso2022_jp", "gb23121980": "gb18030",
    "euckr": "cp949", "uhc": "cp949", "eucjp": "euc_jp", "xbig5": "big5", "windows31j": "cp932", "csw31j": "cp932",
    "koi8r": "koi8-r", "koi8u": "koi8-u", "koi8ru": "koi8-u", "macintosh": "mac-roman", "koi8": "koi8-r",
}  # fmt: skip
_ESCAPED = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+\-]{0,40}")


def allowed_codec(label: str) -> str | None:
    """Return the Python codec for a charset label, or None if the label is unknown or names no text charset."""
    label = label.strip().strip("\"'").lower()
    if not _NAME.fullmatch(label):
        return None
    for spelled in (label.removeprefix("x-"), _respelled(label)):
        try:
            name = codecs.lookup(spelled).name
        except (LookupError, ValueError):
            continue
        name = _WIDER.get(name, name)
        if name in _SINGLE_BYTE or name in _MANY_BYTE:
            return name
    return None


def _respelled(label: str) -> str:
    """Return a label as Python spells it: `cp-850`, `windows1252`, `ISO 8859_1` with the hyphens where they belong."""
    bare = re.sub(r"[^a-z0-9]", "", label.removeprefix("x-"))
    page = re.fullmatch(r"(?:cp|ibm|dos|win|windows|ms|mswin|ansi|oem)0?(\d{3,4})", bare)
    if page:
        return f"cp{page[1]}"
    iso = re.fullmatch(r"iso8859(\d{1,2})e?i?", bare)
    if iso:
        return f"iso8859-{iso[1]}"
    return _OTHER_NAMES.get(bare, bare)


def decode(data: bytes, label: str = "") -> str:
    """Decode mail bytes by their declared charset where it fits, else by what they look like (UTF-8, windows-1252)."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(data) % 2 == 0:
        return data.decode("utf-16", "replace")
    codec = allowed_codec(label)
    if b"\x1b$" in data and (codec is None or codec.startswith(("iso2022_jp", "utf-8"))):
        # Seven bits, so that every other charset would read them, as nonsense.
        return _strict(data, "iso2022_jp") or _strict(data, "iso2022_jp_ext") or _japanese(data)
    if codec in _SINGLE_BYTE or codec is None:
        # Text of a one-byte charset is next to never valid UTF-8 by chance: the label lies.
        return _strict(data, "utf-8") or _strict(data, codec or "cp1252") or data.decode(codec or "latin-1", "replace")
    return _strict(data, codec) or _strict(data, "utf-8") or _not_as_declared(data, codec)


def _japanese(data: bytes) -> str:
    """Read ISO-2022-JP with the vendors' signs, which Python's codec refuses: each row of them is in windows-932."""
    pieces = _ESCAPED.split(data)
    out = [pieces[0].decode("ascii", "replace")]
    for mode, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if mode in (b"$@", b"$B"):
            lines = piece.split(b"\n")
            out.append("\n".join(_shifted(line).decode("cp932", "replace") for line in lines))
        elif mode == b"(I":
            out.append(bytes(byte | 0x80 for byte in piece if byte > 0x20).decode("cp932", "replace"))
        else:
            out.append(piece.decode("ascii", "replace"))
    return "".join(out)


def _shifted(line: bytes) -> bytes:
    """Turn the two bytes of each sign (JIS X 0208) into those of Shift JIS."""
    out = bytearray()
    for first, second in zip(line[::2], line[1::2], strict=False):
        row, cell = first - 0x21, second - 0x21
        if not (0 <= row < 94 and 0 <= cell < 94):
            out += b"?"
            continue
        lead = row // 2 + (0x81 if row < 62 else 0xC1)
        trail = cell + (0x40 if cell < 63 else 0x41) if row % 2 == 0 else cell + 0x9F
        out += bytes((lead, trail))
    return bytes(out)


def declared_in_html(data: bytes) -> str:
    """Return the charset that HTML names in a `<meta>` of its own, empty if it names none."""
    match = re.search(rb"""<meta\b[^<>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", data[:4_096], re.I)
    return match[1].decode("ascii") if match else ""


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
