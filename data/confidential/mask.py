"""Finds what is confidential in a text, and writes dots in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from data.confidential.birth_and_school import children
from data.confidential.contacts import addresses, emails
from data.confidential.items import Item, Kind
from data.confidential.numbers import cvvs, numbers
from data.confidential.secret_values import secrets

DOTS = "•••"
_ANCHOR = re.compile(
    r"[\d@](?:[\d@\s.,:;/()\-]*+)|s/n|\bpass|\bp[ws][wd]|contrase|clave|parola|phrase|frase|school|colegio|instituto|escuela|liceo|secundaria|primaria|preparatoria|academy|elementary|guarder",
    re.IGNORECASE,
)
"""What every item has in it or right before it: text without is passed over at once."""
_REACH = 250
"""Characters around an anchor that are looked at."""
_LAST_FOUR = frozenset({Kind.CARD, Kind.BANK})
_LAST_TWO = frozenset({Kind.PHONE})
_MOST_REPEATED, _SHORTEST_REPEATED = 20, 5
"""Items whose other places are looked for, and the characters that they have at least."""
_CACHED = 2_000
"""Characters: more of the shorter texts, as of rows, are remembered."""


def find(text: str, kinds: Collection[Kind] = tuple(Kind)) -> list[Item]:
    """Return the confidential items of these kinds, in order; none overlaps another."""
    found = list(_found(text))
    kept: list[Item] = []
    for item in sorted([*found, *_again(text, found)], key=lambda item: (item.start, -item.end)):
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
    return _masked(text, kinds)


@lru_cache(maxsize=32)
def _masked_long(text: str, kinds: tuple[Kind, ...]) -> str:
    return _masked(text, kinds)


def _masked(text: str, kinds: tuple[Kind, ...]) -> str:
    parts: list[str] = []
    end = 0
    for item in find(text, kinds):
        parts += [text[end : item.start], cover(text[item.start : item.end], item.kind)]
        end = item.end
    return "".join([*parts, text[end:]]) if parts else text


def cover(value: str, kind: Kind) -> str:
    """Return what is shown in place of an item."""
    if kind is Kind.EMAIL:
        local, _, domain = value.partition("@")
        return f"{local[0] if len(local) > 1 else ''}{DOTS}@{domain}"
    digits = [char for char in value if char.isalnum()]
    if kind in _LAST_FOUR and len(digits) >= 12:
        return f"{DOTS}{''.join(digits[-4:])}"
    if kind in _LAST_TWO and len(digits) >= 7:
        return f"{DOTS}{''.join(digits[-2:])}"
    return DOTS


def _found(text: str) -> Iterator[Item]:
    for start, end in _windows(text):
        part = text if (start, end) == (0, len(text)) else text[start:end]
        for item in _all(part):
            yield Item(item.start + start, item.end + start, item.kind)


def _again(text: str, found: Sequence[Item]) -> Iterator[Item]:
    """Yield the other places of what was found: what is named once as a code or a card is one everywhere."""
    seen: set[str] = set()
    for item in found[:_MOST_REPEATED]:
        value = text[item.start : item.end]
        if len(value) < _SHORTEST_REPEATED or value in seen or not any(char.isdigit() for char in value):
            continue
        seen.add(value)
        pattern = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
        yield from (Item(*match.span(), item.kind) for match in pattern.finditer(text))


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of the text around its anchors; they begin and end at a space where there is one near."""
    start = end = 0
    for anchor in _ANCHOR.finditer(text):
        if anchor.start() - _REACH > end:
            if end:
                yield start, end
            start = max(0, text.find(" ", anchor.start() - _REACH, anchor.start()))
            start = start or anchor.start() - min(anchor.start(), _REACH)
        end = min(len(text), anchor.end() + _REACH)
    if end:
        yield start, end


def _all(text: str) -> Iterator[Item]:
    yield from numbers(text)
    yield from cvvs(text)
    yield from emails(text)
    yield from addresses(text)
    yield from secrets(text)
    yield from children(text)
