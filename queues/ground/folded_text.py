"""Text folded for comparison: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_REMEMBERED = 0xFFFF
"""Characters past this are folded again each time, so that foreign text cannot fill the memory."""


def fold(text: str) -> str:
    """Return the words of `text` without case and accents, one space between and around them. Linear in its length."""
    plain = text if text.isascii() else text.translate(_PLAIN)
    return f" {' '.join(_WORD.findall(plain.casefold()))} "


class _Plain(dict[int, str]):
    """Each character without its accents. One by one, because normalising a long run of marks at once is quadratic."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
        if code <= _REMEMBERED:
            self[code] = plain
        return plain


_PLAIN = _Plain()
