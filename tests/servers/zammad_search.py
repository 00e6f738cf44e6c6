"""The search of the tests' Zammad: as much of the query language as there is need for; what is wrong finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.servers.hosted_double import Json

Match = Callable[[Json], bool]
"""Says whether a document of the index is meant: its fields by name, each with the list of its values."""
_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<word>AND|OR|NOT)(?=[\s(])"
    r'|(?P<term>(?:[\w.@*?-]|\\.)+:(?:[<>]=?(?:"[^"]*"|[\w.-]+)|[\[{][^\]}]*[\]}]|"[^"]*"|(?:[\w.@*?-]|\\.)+|(?=\())'
    r'|"[^"]*"|(?:[\w.@*?-]|\\.)+))'
)


class _WrongError(Exception):
    """The query cannot be read."""


def matcher(query: str) -> Match:
    """Return what a query means (the query string syntax of Elasticsearch)."""
    try:
        tokens = list(_tokens(query))
        match, rest = _either(tokens)
    except (_WrongError, IndexError):
        return lambda document: False
    return match if not rest else lambda document: False


def _tokens(query: str) -> Iterator[str]:
    at, text = 0, query.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise _WrongError
        yield found[0].strip()
        at = found.end()


def _either(tokens: list[str]) -> tuple[Match, list[str]]:
    match, rest = _both(tokens)
    while rest and rest[0] == "OR":
        other, rest = _both(rest[1:])
        match = _or(match, other)
    return match, rest


def _both(tokens: list[str]) -> tuple[Match, list[str]]:
    match, rest = _one(tokens)
    while rest and rest[0] == "AND":
        other, rest = _one(rest[1:])
        match = _and(match, other)
    return match, rest


def _one(tokens: list[str]) -> tuple[Match, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first == "NOT":
        match, rest = _one(rest)
        return lambda document: not match(document), rest
    if first == "(":
        match, rest = _either(rest)
        if rest[0] != ")":
            raise _WrongError
        return match, rest[1:]
    if first.endswith(":") and rest[:1] == ["("]:
        end = rest.index(")") if ")" in rest else len(rest)
        values = [one for one in rest[1:end] if one != "OR"]
        return _any([_term(first + one) for one in values]), rest[end + 1 :]
    return _term(first), rest


def _term(term: str) -> Match:
    name, colon, wanted = re.sub(r"\\(.)", r"\1", term).partition(":") if ":" in term else ("", "", term)
    wanted = wanted.strip()
    if not colon:
        word = wanted.strip('"').casefold()
        return lambda document: word == "*" or any(word in str(one).casefold() for one in document["all"])
    if wanted[:1] in "[{":
        low, _, high = wanted[1:-1].partition(" TO ")
        return _within(name, low.strip('"'), wanted[0] == "[", high.strip('"'), wanted[-1] == "]")
    if found := re.match(r"([<>])(=?)(.*)", wanted):
        value, including = found[3].strip('"'), bool(found[2])
        return _within(name, value, including, "*", True) if found[1] == ">" else _within(name, "*", True, value,
                                                                                          including)  # fmt: skip
    exact = wanted.strip('"').casefold()
    return lambda document: any(exact in ("*", str(one).casefold()) for one in document.get(name, []) if one)


def _within(name: str, low: str, with_low: bool, high: str, with_high: bool) -> Match:
    def match(document: Json) -> bool:
        return any(
            (low == "*" or _key(value) > _key(low) or (with_low and _key(value) == _key(low)))
            and (high == "*" or _key(value) < _key(high) or (with_high and _key(value) == _key(high)))
            for value in document.get(name, [])
            if value is not None
        )

    return match


def _key(value: object) -> tuple[float, str]:
    """Return what values are in order by: numbers as numbers, times to the thousandth of a second."""
    text = str(value)
    if text.isdigit():
        return float(text), ""
    return 0.0, f"{text[:-1]}.000Z" if re.fullmatch(r"[-\d]+T[:\d]+Z", text) else text


def _and(one: Match, other: Match) -> Match:
    return lambda document: one(document) and other(document)


def _or(one: Match, other: Match) -> Match:
    return lambda document: one(document) or other(document)


def _any(matches: list[Match]) -> Match:
    return lambda document: any(match(document) for match in matches)
