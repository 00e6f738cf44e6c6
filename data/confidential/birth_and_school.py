"""What singles a child out: a date of birth, and the school where children are spoken of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.confidential.first_look import has_any
from data.confidential.items import Item, Kind

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre"
    r"|setiembre|octubre|noviembre|diciembre)[a-z]*\.?"
)
_BIRTH = re.compile(
    r"\b(?:(?:was |were |is )?born(?:\s+on)?|date\s+of\s+birth|birth\s?dat?[ey]|birthday|dob|d\.o\.b\.?"
    r"|fecha\s+de\s+nacimiento"
    r"|nacid[oa]|naci[óo]|nac[íi]|nacimiento|cumplea[ñn]os|cumple)\b(?:\s+(?:is|was|es|on|el|era|d[íi]a))*[\s:=\-–]{1,4}"
    rf"(?P<value>\d{{1,2}}[./\-]\d{{1,2}}[./\-](?:19|20)?\d\d|(?:19|20)\d\d[./\-]\d{{1,2}}[./\-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?:\s+(?:of|de))?\s+{_MONTH}(?:,?\s+(?:de\s+|del\s+)?(?:19|20)\d\d)?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?)",
    re.IGNORECASE,
)
_NAME = r"(?-i:[A-ZÁÉÍÓÚÑ])[\w.'’\-]*"
_SCHOOL = re.compile(
    rf"(?<!\w){_NAME}(?:\s+{_NAME}){{0,3}}\s+(?:elementary|middle|high|primary|secondary|grammar)?\s*(?-i:School|Academy|Elementary)\b"
    rf"|\b(?:colegio|instituto|escuela|liceo|secundaria|primaria|preparatoria|guarder[íi]a)\s+(?:de\s+|del\s+|la\s+)?"
    rf"{_NAME}(?:\s+(?:de\s+|del\s+|la\s+)?{_NAME}){{0,4}}",
    re.IGNORECASE,
)
_OF_A_CHILD = re.compile(
    r"\b(?:son|daughter|kids?|child|children|niece|nephew|pupil|minor|underage|teen|hij[oa]s?|ni[ñn][oa]s?|sobrin[oa]"
    r"|alumn[oa]|menor|niet[oa]|herman[oa]|(?:brother|sister)|\d{1,2}\s*(?:years?[\s\-]old|a[ñn]os|yo\b))\b",
    re.IGNORECASE,
)


_BIRTH_WORDS = ("born", "birth", "dob", "d.o.b", "nac", "cumple")
_SCHOOL_WORDS = (
    "school", "academy", "elementary", "colegio", "instituto", "escuela", "liceo", "secundaria", "primaria",
    "preparatoria", "guarder",
)  # fmt: skip


def children(text: str, low: str) -> Iterator[Item]:
    """Yield dates of birth, and schools in texts that speak of a child."""
    if has_any(low, _BIRTH_WORDS):
        yield from (Item(*match.span("value"), Kind.BIRTH) for match in _BIRTH.finditer(text))
    schools = list(_SCHOOL.finditer(text)) if has_any(low, _SCHOOL_WORDS) else []
    if schools and _OF_A_CHILD.search(text):
        yield from (Item(*match.span(), Kind.SCHOOL) for match in schools)
