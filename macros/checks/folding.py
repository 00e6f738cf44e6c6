"""Text as the checks compare it: without accents and case, and cut into words that know their place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from data.records.changes import Finding

_ACCENTS = str.maketrans("áàâäãåéèêëíìîïóòôöõúùûüñç", "aaaaaaeeeeiiiiooooouuuunc")
_PLAIN = str.maketrans("áàâäãåéèêëíìîïóòôöõúùûüñç", "aaaaaaeeeeiiiiooooouuuunc", "¿¡«»´\u0300\u0301\u0303\u0308")
_WORD = re.compile(r"[^\W_]+")
URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


def folded(text: str) -> str:
    """Return the text in lower case without accents."""
    text = text.lower()
    return text if text.isascii() else _bare(text)


def _bare(text: str) -> str:
    plain = text.translate(_PLAIN)
    if plain.isascii():
        return plain
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))


def words_of(text: str) -> list[tuple[str, int, int]]:
    """Return each word folded, and where it starts and ends."""
    plain = fold_in_place(text)
    return [(match[0], *match.span()) for match in _WORD.finditer(plain)]


def fold_in_place(text: str) -> str:
    """Return the text in lower case without accents, letter by letter: positions do not change."""
    plain = text.lower()
    return (plain if len(plain) == len(text) else text).translate(_ACCENTS)


def digits_of(text: str) -> str:
    """Return the digits alone."""
    return "".join(char for char in text if char.isdigit())


def free(findings: Iterable[Finding], start: int, end: int) -> bool:
    """Return whether no finding has these characters already."""
    return not any(finding.start < end and start < finding.end for finding in findings)
