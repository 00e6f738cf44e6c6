"""What a routing rule may ask of a message: compiled once, tried in time that is linear in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from data.records.tickets import UNKNOWN_LANGUAGE
from queues.ground.folded_text import fold

OneOrMore = list[str] | str

_NAMED = 6
"""How many values of a condition are named when it failed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules may look at."""

    language: str = UNKNOWN_LANGUAGE
    confidence: float = 0.0
    connector: str = ""
    to: tuple[str, ...] = ()
    from_address: str = ""
    subject: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    tier: str = ""
    lane: str = ""
    """Where the connector would put it, or where the ticket is."""


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `when` of a rule as it is in the file: all that is set must hold, a list means any of its values."""

    connector: OneOrMore = []
    language: OneOrMore = []
    min_confidence: float = 0.0
    to: OneOrMore = []
    sender: OneOrMore = msgspec.field(default_factory=list, name="from")
    words: OneOrMore = []
    tags: OneOrMore = []
    tier: OneOrMore = []
    lanes: OneOrMore = []


@dataclass(frozen=True, slots=True)
class Words:
    """A folded text, and its words for a first look: most phrases of most rules begin with a word that is not there."""

    text: str
    each: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Words:
        """Fold a text."""
        folded = fold(text)
        return cls(folded, frozenset(folded.split()))


@dataclass(frozen=True, slots=True)
class Condition:
    """One compiled condition."""

    name: str
    wanted: str
    """What it asks for, in words."""
    find: Callable[[Facts, Words], str | None]
    """Takes the facts and the words of subject and text, returns the value that fits or None."""


def compiled(when: When) -> tuple[Condition, ...]:
    """Compile the conditions that are set, the cheap ones first."""
    results = [
        _one_of("connector", when.connector, lambda facts: (facts.connector,)),
        _one_of("lane", when.lanes, lambda facts: (facts.lane,)),
        _one_of("customer tier", when.tier, lambda facts: (facts.tier,)),
        _one_of("tag", when.tags, lambda facts: facts.tags),
        _one_of("language", when.language, lambda facts: (facts.language,)),
        _confidence(when.min_confidence),
        _address("to", when.to, lambda facts: facts.to),
        _address("from", when.sender, lambda facts: (facts.from_address,)),
        _words(when.words),
    ]
    return tuple(condition for condition in results if condition is not None)


def _one_of(name: str, wanted: OneOrMore, seen: Callable[[Facts], tuple[str, ...]]) -> Condition | None:
    values = frozenset(value.casefold() for value in many(wanted))
    if not values:
        return None
    return Condition(
        name,
        listed(values),
        lambda facts, _text: next((value for value in seen(facts) if value.casefold() in values), None),
    )


def _confidence(least: float) -> Condition | None:
    if least <= 0:
        return None
    return Condition(
        "language confidence",
        f"at least {least:g}",
        lambda facts, _text: f"{facts.confidence:g}" if facts.confidence >= least else None,
    )


def _address(name: str, wanted: OneOrMore, seen: Callable[[Facts], tuple[str, ...]]) -> Condition | None:
    """A value is a whole address, `@domain` for everyone there, or `name@` for that name anywhere."""
    values = frozenset(value.strip().casefold() for value in many(wanted))
    if not values:
        return None
    return Condition(
        name,
        listed(values),
        lambda facts, _text: next((form for at in seen(facts) for form in _address_forms(at) if form in values), None),
    )


def _address_forms(address: str) -> tuple[str, str, str]:
    whole = address.strip().casefold()
    name, _, domain = whole.rpartition("@")
    return whole, f"@{domain}", f"{name}@"


def _words(wanted: OneOrMore) -> Condition | None:
    """Folded text has one space around each word, so a plain substring search keeps to word boundaries."""
    words = many(wanted)
    if not words:
        return None
    needles = [_needle(word) for word in words]
    by_first: dict[str, list[int]] = {}
    for place, needle in enumerate(needles):
        # a needle of one word with an open end begins with no whole word: it is always looked for
        first = needle.split()[0] if needle.count(" ") > 1 else ""
        by_first.setdefault(first, []).append(place)
    always = by_first.pop("", [])

    def find(_facts: Facts, said: Words) -> str | None:
        places = sorted([*always, *(place for first in by_first.keys() & said.each for place in by_first[first])])
        return next((words[place] for place in places if needles[place] in said.text), None)

    return Condition("words", listed(words), find)


def _needle(word: str) -> str:
    return fold(word).rstrip() if word.rstrip().endswith("*") else fold(word)


def many(value: OneOrMore) -> list[str]:
    """Return the values of a key that takes one or a list."""
    return [value] if isinstance(value, str) else value


def listed(values: Iterable[str]) -> str:
    """Name the values, a long list by its first few."""
    ordered = sorted(values)
    more = len(ordered) - _NAMED
    named = " or ".join(ordered[:_NAMED])
    return f"{named} or {more} more" if more > 0 else named
