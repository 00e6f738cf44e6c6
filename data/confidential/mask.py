"""Finds what is confidential in a text, and writes dots in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterator, Sequence
from functools import lru_cache
from typing import cast

from data.confidential.birth_and_school import children
from data.confidential.contacts import addresses, emails
from data.confidential.first_look import LETTER, lowered
from data.confidential.items import Item, Kind
from data.confidential.names_of_children import WORDS as CHILDREN
from data.confidential.names_of_children import names_of_children
from data.confidential.numbers import cvvs, numbers
from data.confidential.secret_values import private_keys, secrets
from data.confidential.written_out import ANCHORS, runs, written_out

DOTS = "•••"
_REACH = 250
"""Characters around an anchor that are looked at."""
_DIGITS = re.compile(rf"[\d@](?:[^\d@]{{0,{2 * _REACH}}}+[\d@])*+")
"""Digits and at signs with no more between them than their reaches."""
_WORDS = (
    "s/n", "pass", "pwd", "pww", "psw", "psd", "contrase", "clave", "parola", "kennwort", "senha", "phrase", "frase",
    "seed", "semilla",
    "school", "colegio", "instituto", "escuela", "liceo", "secundaria", "primaria", "preparatoria", "academy",
    "elementary", "guarder", *ANCHORS, *CHILDREN,
)  # fmt: skip
"""With digits and at signs the anchors: every item has one in it or right before it."""
_LONGEST_READ = 4_000
"""Characters that are looked at together, besides `_REACH` on both sides."""
_LAST_FOUR = frozenset({Kind.CARD, Kind.BANK})
_LAST_TWO = frozenset({Kind.PHONE})
_MOST_REPEATED, _SHORTEST_REPEATED = 20, 5
"""Items whose other places are looked for, and the characters that they have at least."""
_CACHED = 2_000
"""Characters: more of the shorter texts, as of rows, are remembered."""


def find(text: str, kinds: Collection[Kind] = tuple(Kind)) -> list[Item]:
    """Return the confidential items of these kinds, in order; none overlaps another."""
    steps = finding(text, kinds)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return cast(list[Item], done.value)


def finding(text: str, kinds: Collection[Kind] = tuple(Kind)) -> Generator[None, None, list[Item]]:
    """Find like `find` in steps: yields after every few thousand characters, returns the items."""
    known = list(private_keys(text))
    for start, end, first, after in _windows(text):
        part = text if (start, end) == (0, len(text)) else text[start:end]
        known += [
            Item(item.start + start, item.end + start, item.kind)
            for item in _all(part)
            if first <= item.start + start < after
        ]
        yield
    kept: list[Item] = []
    for item in sorted([*known, *_again(text, known)], key=lambda item: (item.start, -item.end)):
        if kept and item.start < kept[-1].end:
            if item.end > kept[-1].end:
                kept[-1] = Item(kept[-1].start, item.end, kept[-1].kind)
            continue
        kept.append(item)
    return [item for item in kept if item.kind in kinds]


def masked(text: str, kinds: Collection[Kind] = tuple(Kind)) -> str:
    """Return the text with each confidential item masked; the same again on its own output.

    A card or an account keeps its last four digits, a phone its last two, an e-mail address its first letter and its
    domain; the rest keeps nothing.
    """
    return (_masked_short if len(text) <= _CACHED else _masked_long)(text, tuple(kinds))


@lru_cache(maxsize=4_096)
def _masked_short(text: str, kinds: tuple[Kind, ...]) -> str:
    return covered(text, find(text, kinds))


@lru_cache(maxsize=32)
def _masked_long(text: str, kinds: tuple[Kind, ...]) -> str:
    return covered(text, find(text, kinds))


def covered(text: str, items: Sequence[Item]) -> str:
    """Return the text with these items of it masked."""
    parts: list[str] = []
    end = 0
    for item in items:
        parts += [text[end : item.start], cover(text[item.start : item.end], item.kind)]
        end = item.end
    return "".join([*parts, text[end:]]) if parts else text


def cover(value: str, kind: Kind) -> str:
    """Return what is shown in place of an item."""
    if kind is Kind.EMAIL and "@" in value:
        local, _, domain = value.partition("@")
        return f"{local[0] if len(local) > 1 else ''}{DOTS}@{domain}"
    digits = [char for char in value if char.isalnum()]
    if kind in _LAST_FOUR and len(digits) >= 12:
        return f"{DOTS}{''.join(digits[-4:])}"
    if kind in _LAST_TWO and sum(map(str.isdigit, digits)) >= 7:
        return f"{DOTS}{''.join(digits[-2:])}"
    return DOTS


def _again(text: str, known: Sequence[Item]) -> Iterator[Item]:
    """Yield the other places of what was found: what is named once as a code or a card is one everywhere."""
    seen: set[str] = set()
    for item in known[:_MOST_REPEATED]:
        value = text[item.start : item.end]
        is_name = item.kind is Kind.CHILD
        if value in seen or not (is_name or (len(value) >= _SHORTEST_REPEATED and any(map(str.isdigit, value)))):
            continue
        seen.add(value)
        if text.count(value) == 1:
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
        yield from (Item(*match.span(), item.kind) for match in pattern.finditer(text))


def _windows(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield the parts of the text around its anchors: where to read it, from and to; where items begin in it.

    Parts that are read begin at a space where there is one near.
    """
    for start, end in _anchored(text):
        first = start
        while first < end:
            after = end if end - first <= _LONGEST_READ + _REACH else _cut(text, first + _LONGEST_READ)
            begin = max(0, first - _REACH)
            begin = max(begin, text.find(" ", begin, first))
            yield begin, min(len(text), after + _REACH), first, after
            first = after


def _cut(text: str, place: int) -> int:
    """Return a place not far before this one where nothing is cut in half: a line's end, or a space."""
    return next((cut for sign in ("\n", " ") if (cut := text.rfind(sign, place - _REACH, place)) > 0), place)


def _anchored(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans around anchors; none touches the next."""
    spans = [match.span() for match in _DIGITS.finditer(text)]
    low = lowered(text)
    spans += runs(text, low)
    for word in _WORDS:
        place = low.find(word)
        while place >= 0:
            spans.append((place, place + len(word)))
            place = low.find(word, place + _REACH)
    start = end = 0
    for first, last in sorted(spans):
        if first - _REACH > end:
            if end:
                yield start, end
            start = max(0, first - _REACH)
        end = max(end, min(len(text), last + _REACH))
    if end:
        yield start, end


def _all(text: str) -> Iterator[Item]:
    low = lowered(text)
    yield from numbers(text, low)
    yield from cvvs(text, low)
    yield from emails(text)
    if not LETTER.search(text):
        return  # all that follows is known by its words
    yield from addresses(text, low)
    yield from secrets(text, low)
    yield from children(text, low)
    yield from names_of_children(text, low)
    yield from written_out(text, low)
