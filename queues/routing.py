"""Which lane, priority, severity and procedure a message gets: ordered rules, each with a name that is kept as reason.

A rule matches when all its conditions hold; a list in a condition means any of its values. The first match ends the
search, unless the rule says `continue = true`: then it adds its part and later rules fill in what it left open. Tags
add up. Words ignore case, accents and punctuation and match whole words; a `*` at the end stands for any ending.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from data.records import UNKNOWN_LANGUAGE, Incoming, Priority, Severity
from queues import rule_files
from queues.lanes import DEFAULT_LANE

NO_RULE = "no rule"
"""The reason where nothing matched."""
NOT_TRIED = "not tried, an earlier rule ended the search"

_WORD = re.compile(r"\w+")
_OneOrMore = list[str] | str
_REMEMBERED = 0xFFFF
"""Characters past this are folded anew each time, so that foreign text cannot fill the memory."""


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


@dataclass(frozen=True, slots=True)
class Trial:
    """How one rule fared."""

    rule: str
    failed: str
    """The condition that did not hold and what it wanted; empty where the rule matched."""

    @property
    def matched(self) -> bool:
        """True where every condition held."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes, and why. Severity is None, topic and procedure are empty, where no rule sets them."""

    lane: str
    priority: Priority
    severity: Severity | None
    tags: tuple[str, ...]
    topic: str
    procedure: str
    reason: str
    """The names of the matched rules, joined by ` + `."""
    trace: tuple[Trial, ...]
    """Every rule in order."""


class _When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    connector: _OneOrMore = []
    language: _OneOrMore = []
    min_confidence: float = 0.0
    to: _OneOrMore = []
    sender: _OneOrMore = msgspec.field(default_factory=list, name="from")
    words: _OneOrMore = []
    tags: _OneOrMore = []
    tier: _OneOrMore = []
    lanes: _OneOrMore = []


class _Then(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lane: str = ""
    priority: Priority | None = None
    severity: Severity | None = None
    tags: _OneOrMore = []
    topic: str = ""
    procedure: str = ""


class _RuleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    when: _When = _When()
    then: _Then = _Then()
    goes_on: bool = msgspec.field(default=False, name="continue")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: list[_RuleTable] = []


@dataclass(frozen=True, slots=True)
class _Condition:
    wanted: str
    """What it asks for, in words: `language is one of es`."""
    holds: Callable[[Facts, str], bool]
    """Takes the facts and the folded text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule."""

    name: str
    conditions: tuple[_Condition, ...]
    then: _Then
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The compiled rules of one file, in order."""

    rules: tuple[Rule, ...]


def load(source: Path | str, *, lanes: Collection[str] | None = None) -> Rules:
    """Compile rules from a file (a Path) or from TOML text (a str).

    With `lanes`, a rule that sends to any other lane is an error. Raises InputError with file and line.
    """
    file = rule_files.read(source, _File, "" if isinstance(source, Path) else "routing rules")
    seen: set[str] = set()
    rules = []
    for index, table in enumerate(file.content.rule):
        if not table.name.strip() or table.name in seen:
            file.fail(f"the name {table.name!r} is empty or used twice; give each rule its own", "rule", index, "name")
        if lanes is not None and table.then.lane and table.then.lane not in lanes:
            file.fail(f"there is no lane {table.then.lane!r}; the lanes are {_listed(lanes)}", "rule", index, "lane")
        wordless = next((word for word in _many(table.when.words) if not fold(word).strip()), None)
        if wordless is not None:
            file.fail(f"{wordless!r} holds no letter or digit to look for", "rule", index, "words")
        seen.add(table.name)
        rules.append(Rule(table.name, _conditions(table.when), table.then, table.goes_on))
    return Rules(tuple(rules))


@cache
def default_rules() -> Rules:
    """Return the rules that come with the desk."""
    return load(Path(__file__).with_name("routing_default.toml"))


def facts_of(message: Incoming, tags: Iterable[str] = ()) -> Facts:
    """Return what the rules may look at in a message that a connector handed in."""
    return Facts(
        language=message.language,
        confidence=message.confidence,
        connector=message.connector,
        to=message.to,
        from_address=message.from_address,
        subject=message.subject,
        text=message.new_text or message.text,
        tags=tuple(tags),
        tier=message.customer_tier,
        lane=message.lane,
    )


def route(rules: Rules, facts: Facts) -> Route:
    """Apply the rules in order. Where none says so: the connector's lane (or the default one), normal priority."""
    text = fold(f"{facts.subject}\n{facts.text}")
    matched: list[Rule] = []
    trace: list[Trial] = []
    ended = False
    for rule in rules.rules:
        failed = NOT_TRIED if ended else _failure(rule, facts, text)
        trace.append(Trial(rule.name, failed))
        if not failed:
            matched.append(rule)
            ended = not rule.goes_on
    parts = [rule.then for rule in matched]
    return Route(
        lane=next((part.lane for part in parts if part.lane), facts.lane or DEFAULT_LANE),
        priority=next((part.priority for part in parts if part.priority), Priority.NORMAL),
        severity=next((part.severity for part in parts if part.severity), None),
        tags=tuple(dict.fromkeys(tag for part in parts for tag in _many(part.tags))),
        topic=next((part.topic for part in parts if part.topic), ""),
        procedure=next((part.procedure for part in parts if part.procedure), ""),
        reason=" + ".join(rule.name for rule in matched) or NO_RULE,
        trace=tuple(trace),
    )


def explain(route_taken: Route) -> list[str]:
    """Tell in one line a rule which one matched and on which condition the others failed."""
    return [f"{trial.rule}: {'matched' if trial.matched else trial.failed}" for trial in route_taken.trace]


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


def _failure(rule: Rule, facts: Facts, text: str) -> str:
    return next((f"not: {item.wanted}" for item in rule.conditions if not item.holds(facts, text)), "")


def _conditions(when: _When) -> tuple[_Condition, ...]:
    """Compile the conditions that are set, the cheap ones first."""
    found = [
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
    return tuple(condition for condition in found if condition is not None)


def _one_of(name: str, wanted: _OneOrMore, seen: Callable[[Facts], tuple[str, ...]]) -> _Condition | None:
    values = frozenset(value.casefold() for value in _many(wanted))
    if not values:
        return None
    return _Condition(
        f"{name} is one of {_listed(values)}",
        lambda facts, _text: any(value.casefold() in values for value in seen(facts)),
    )


def _confidence(least: float) -> _Condition | None:
    if least <= 0:
        return None
    return _Condition(f"language confidence is at least {least:g}", lambda facts, _text: facts.confidence >= least)


def _address(name: str, wanted: _OneOrMore, seen: Callable[[Facts], tuple[str, ...]]) -> _Condition | None:
    """A value is a whole address, `@domain` for everybody there, or `name@` for that name anywhere."""
    values = frozenset(value.strip().casefold() for value in _many(wanted))
    if not values:
        return None
    return _Condition(
        f"{name} is one of {_listed(values)}",
        lambda facts, _text: any(not values.isdisjoint(_address_forms(address)) for address in seen(facts)),
    )


def _address_forms(address: str) -> tuple[str, str, str]:
    whole = address.strip().casefold()
    name, _, domain = whole.rpartition("@")
    return whole, f"@{domain}", f"{name}@"


def _words(wanted: _OneOrMore) -> _Condition | None:
    """Folded text has one space around each word, so a plain substring search keeps to word boundaries."""
    words = _many(wanted)
    if not words:
        return None
    needles = tuple(fold(word).rstrip() if word.rstrip().endswith("*") else fold(word) for word in words)
    return _Condition(
        f"words hold one of {_listed(words)}", lambda _facts, text: any(needle in text for needle in needles)
    )


def _many(value: _OneOrMore) -> list[str]:
    return [value] if isinstance(value, str) else value


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))
