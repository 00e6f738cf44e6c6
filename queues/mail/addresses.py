"""Names and addresses out of From, To and their like (RFC 5322), read left to right once, whatever stands there."""

from __future__ import annotations

import re

from queues.mail.headers import unfolded, words

MOST_ADDRESSES = 200
"""Addresses read of one header."""

# A quoted name has an end within some hundred characters, or its quote is a character like others: no quadratic search.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.){0,400}+)"|([,;<>():])|([^",;<>():]+|")', re.S)
_BARE = re.compile(r"[^\s<>\"',;:()\[\]@]{1,128}@[^\s<>\"',;:()]+")


def addresses(value: str) -> list[tuple[str, str]]:
    """Return (name, address) pairs; the address in lower case, both empty-able, group names and comments left out."""
    found: list[tuple[str, str]] = []
    name: list[str] = []
    comment: list[str] = []
    angle: list[str] | None = None
    inside = 0
    address = ""
    for quoted, mark, text in _TOKEN.findall(unfolded(value)):
        if inside:
            inside += (mark == "(") - (mark == ")")
            comment.append(text if inside else "")
        elif mark == "(":
            inside = 1
        elif angle is not None and mark != ">":
            angle.append(quoted or text or (mark if mark == ":" else ""))
        elif mark == "<":
            angle = []
        elif mark == ">" and angle is not None:
            address, angle = "".join(angle), None
        elif mark in {",", ";"}:
            found += _pair(name, comment, address)
            name, comment, address = [], [], ""
        elif mark == ":":
            name = []
        else:
            name.append(re.sub(r"\\(.)", r"\1", quoted) if quoted else text)
        if len(found) >= MOST_ADDRESSES:
            return found
    return found + _pair(name, comment, "".join(angle) if angle is not None else address)


def _pair(name: list[str], comment: list[str], address: str) -> list[tuple[str, str]]:
    """Return the mailbox collected so far, as a list of one or none."""
    shown = " ".join("".join(name).split())
    if not address:
        bare = _BARE.search(shown) if "@" in shown else None
        if bare:
            address, shown = bare[0], (shown[: bare.start()] + shown[bare.end() :]).strip()
    decoded = " ".join(words(shown or " ".join(comment)).split()).strip("\"' ")
    address = "".join(words(address).split()).lower()
    return [(decoded, address)] if address or decoded else []
