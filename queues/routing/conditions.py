"""What a routing rule may ask of a message: compiled once, tried in time that is linear in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from data.records.tickets import UNKNOWN_LANGUAGE
from data.search.field_conditions import ANY, fits
from queues.ground.folded_text import fold
from queues.routing import harm_model
from queues.routing.harm_features import words_of
from queues.routing.word_patterns import Pattern, Spots, spots
from queues.routing.word_sets import Phrases

OneOrMore = list[str] | str

FIELD = "field"
"""How the names of conditions on custom fields begin."""
WORDS = "words"
"""The name of the condition on words."""
HEARS = "what is heard"
"""The name of the condition on what the model hears; its finding is shown with the reason."""
_ONE_SENTENCE = 0.6
"""How sure the model has to be of one sentence, where the whole text does not sound like it."""
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
    meant: frozenset[str] = frozenset()
    """Other names by which rules may mean that lane."""
    topic: str = ""
    severity: str = ""
    priority: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The values of custom fields."""


class RuleWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `when` of a rule as it is in the file: all that is set must hold, a list means any of its values."""

    connector: OneOrMore = []
    language: OneOrMore = []
    min_confidence: float = 0.0
    to: OneOrMore = []
    sender: OneOrMore = msgspec.field(default_factory=list, name="from")
    words: OneOrMore = []
    without: OneOrMore = []
    hears: OneOrMore = []
    at_least: float = 0.5
    mostly: OneOrMore = []
    tags: OneOrMore = []
    tier: OneOrMore = []
    lanes: OneOrMore = []
    fields: dict[str, OneOrMore] = {}


class When(RuleWhen, frozen=True, forbid_unknown_fields=True):
    """What a lane's filter may ask besides: what the rules, or an agent, have set."""

    topic: OneOrMore = []
    severity: OneOrMore = []
    priority: OneOrMore = []


class Words:
    """A message's text in the forms that conditions look at, each made when first asked for."""

    def __init__(self, text: str, sets: Phrases) -> None:
        self._plain = text
        self._sets = sets

    @cached_property
    def text(self) -> str:
        """The folded text."""
        return fold(self._plain)

    @cached_property
    def each(self) -> frozenset[str]:
        """Its words, for a first look: most phrases of most rules begin with a word that is not there."""
        return frozenset(self.text.split())

    @cached_property
    def spots(self) -> Spots:
        """Its words in order, and the sets that they belong to."""
        return spots(words_of(self._plain), self._sets)

    @cached_property
    def heard(self) -> harm_model.Heard:
        """What the model hears in it."""
        return harm_model.load().heard(self._plain)

    @property
    def harm(self) -> float | None:
        """How likely harm of any kind is, None if no condition has listened."""
        return round(self.heard.share("harm"), 4) if "heard" in self.__dict__ else None


@dataclass(frozen=True, slots=True)
class Condition:
    """One compiled condition."""

    name: str
    wanted: str
    """What it asks for, in words."""
    find: Callable[[Facts, Words], str | None]
    """Takes the facts and the words of subject and text, returns the value that fits or None."""


def compiled(when: RuleWhen) -> tuple[Condition, ...]:
    """Compile the conditions that are set, the cheap ones first."""
    results = [
        _one_of("connector", when.connector, lambda facts: (facts.connector,)),
        _one_of("lane", when.lanes, lambda facts: (facts.lane, *facts.meant)),
        _one_of("customer tier", when.tier, lambda facts: (facts.tier,)),
        _one_of("tag", when.tags, lambda facts: facts.tags),
        _one_of("language", when.language, lambda facts: (facts.language,)),
        _confidence(when.min_confidence),
        _address("to", when.to, lambda facts: facts.to),
        _address("from", when.sender, lambda facts: (facts.from_address,)),
        _words(when.words),
        _without(when.without),
        *_fields(when.fields),
        _mostly(when.mostly),
        _hears(when.hears, when.at_least, anywhere=bool(many(when.words))),
    ]
    if isinstance(when, When):
        results += [
            _one_of("topic", when.topic, lambda facts: (facts.topic,)),
            _one_of("severity", when.severity, lambda facts: (facts.severity,)),
            _one_of("priority", when.priority, lambda facts: (facts.priority,)),
        ]
    return tuple(condition for condition in results if condition is not None)


def named_sets(when: RuleWhen) -> set[str]:
    """Return the names of the sets that its words name."""
    return {name for text in (*many(when.words), *many(when.without)) for name in Pattern.of(text).sets}


def _one_of(name: str, wanted: OneOrMore, seen: Callable[[Facts], tuple[str, ...]]) -> Condition | None:
    values = frozenset(value.casefold() for value in many(wanted))
    if not values:
        return None
    return Condition(
        name,
        listed(values),
        lambda facts, _text: next((value for value in seen(facts) if value.casefold() in values), None),
    )


def _fields(wanted: Mapping[str, OneOrMore]) -> Iterator[Condition]:
    """Yield a condition for each custom field: any of its values, `*` for any at all, `>100` for more."""
    for name, one_or_more in wanted.items():
        yield _field(name, many(one_or_more))


def _field(name: str, values: list[str]) -> Condition:
    said = ["any value" if value == ANY else value or "no value" for value in values]

    def held(facts: Facts, _text: object) -> str | None:
        own = facts.fields.get(name, "")
        return own if any(fits(own, value) for value in values) else None

    return Condition(f"{FIELD} {name}", listed(said), held)


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
    if not (words := many(wanted)):
        return None
    find = _finder(words)
    return Condition(WORDS, listed(words), lambda _facts, said: find(said))


def _without(unwanted: OneOrMore) -> Condition | None:
    if not (words := many(unwanted)):
        return None
    find = _finder(words)
    return Condition("other words", f"none of {listed(words)}", lambda _facts, said: "" if find(said) is None else None)


def _hears(wanted: OneOrMore, least: float, *, anywhere: bool) -> Condition | None:
    """With words, one sentence is enough: a threat in a payment request is a threat."""
    if not (labels := many(wanted)):
        return None

    def find(_facts: Facts, said: Words) -> str | None:
        share = max(map(said.heard.share, labels))
        if share < least and anywhere:
            loudest = max(map(said.heard.loudest, labels))
            share = loudest if loudest >= max(least, _ONE_SENTENCE) else share
        return f"{share:.2f}" if share >= least else None

    return Condition(HEARS, f"{listed(labels)} at least {least:g}", find)


def _mostly(wanted: OneOrMore) -> Condition | None:
    if not (labels := many(wanted)):
        return None
    return Condition(
        "kind of harm", listed(labels), lambda _facts, said: said.heard.kind if said.heard.kind in labels else None
    )


def _finder(words: list[str]) -> Callable[[Words], str | None]:
    """Return a function that finds the first of these phrases in a text.

    Folded text has one space around each word, so a plain substring search keeps to word boundaries; phrases with
    sets or gaps are matched word by word.
    """
    patterns = {place: Pattern.of(word) for place, word in enumerate(words) if "<" in word or ".." in word}
    needles = ["" if place in patterns else _needle(word) for place, word in enumerate(words)]
    by_first: dict[str, list[int]] = {}
    for place, needle in enumerate(needles):
        # a needle of one word with an open end begins with no whole word: it is always looked for
        first = needle.split()[0] if needle.count(" ") > 1 else ""
        if place not in patterns:
            by_first.setdefault(first, []).append(place)
    always = by_first.pop("", [])

    def find(said: Words) -> str | None:
        places = sorted([*always, *(place for first in by_first.keys() & said.each for place in by_first[first])])
        plain = next((words[place] for place in places if needles[place] in said.text), None)
        if plain is not None or not patterns:
            return plain
        return next((words[place] for place, pattern in patterns.items() if pattern.matches(said.spots)), None)

    return find


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
