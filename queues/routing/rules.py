"""Which lane, priority, severity and procedure a message gets: ordered rules, each with a name that is kept as reason.

A rule matches when all its conditions hold; a list in a condition means any of its values. The first match ends the
search, unless the rule says `continue = true`: then it adds its part and later rules fill in what it left open. Tags
add up. Words ignore case, accents and punctuation and match whole words; a `*` at the end stands for any ending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from data.records.incoming import Incoming
from data.records.tickets import DEFAULT_LANES, Lane, Priority, Severity, Ticket, harm_lanes
from data.search.field_conditions import wrong_limit
from queues.ground import rule_files
from queues.ground.folded_text import fold
from queues.routing import harm_model
from queues.routing.conditions import (
    FIELD,
    HEARS,
    WORDS,
    Condition,
    Facts,
    OneOrMore,
    RuleWhen,
    Words,
    compiled,
    listed,
    many,
    named_sets,
)  # fmt: skip
from queues.routing.lanes import lane_named, place, stands_for
from queues.routing.word_sets import Phrases, built_in, merged

NO_RULE = "no rule"
"""The reason where nothing matched."""
NOT_TRIED = "not tried, an earlier rule ended the search"
LOOK = "look"
"""The tag of a ticket whose harm is in doubt: a person looks first."""
HARMFUL = frozenset({Severity.S0, Severity.S1, Severity.S2})
"""The severities of a message that reports harm; S3 and S4 are appeals, insults and nuisances."""
NO_HARM = "none"
"""What a person answers who is asked for the kind of harm and sees none."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How one rule fared."""

    rule: str
    failed: str
    """The condition that did not hold and what it wanted; empty if the rule matched."""
    found: str = ""
    """What each condition found, where the rule matched."""
    heard: str = ""
    """How likely it is what the rule listens for, 0 to 1; empty if it listens for nothing."""

    @property
    def matched(self) -> bool:
        """True if every condition held."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes, and why. Severity is None, topic and procedure are empty, where no rule sets them."""

    lane: str
    """Empty if it fits no lane."""
    priority: Priority
    severity: Severity | None
    tags: tuple[str, ...]
    topic: str
    procedure: str
    reason: str
    """The names of the matched rules, joined by ` + `, each with the probability that it heard."""
    trace: tuple[Trial, ...]
    """Every rule in order."""
    harm: float | None = None
    """How likely the model finds harm of any kind, 0 to 1; None where no rule listens."""
    placed_by: str = "rule"
    """What names the lane: `rule`, `filter`, `source` (account or queue), `rest` (a lane without a filter), `none`."""

    @property
    def harmful(self) -> bool:
        """The message reports harm, or may."""
        return is_harm(self.severity, self.tags)


class _Then(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lane: str = ""
    priority: Priority | None = None
    severity: Severity | None = None
    tags: OneOrMore = []
    topic: str = ""
    procedure: str = ""


class _RuleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    when: RuleWhen = RuleWhen()
    then: _Then = _Then()
    goes_on: bool = msgspec.field(default=False, name="continue")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sets: dict[str, list[str]] = {}
    rule: list[_RuleTable] = []


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule."""

    name: str
    conditions: tuple[Condition, ...]
    then: _Then
    goes_on: bool
    kinds: tuple[str, ...]
    """The kinds of harm that it is for, as `mostly` or else `hears` names them."""

    @property
    def of_harm(self) -> bool:
        """Its tickets report harm, or may."""
        return is_harm(self.then.severity, self.tags)

    @property
    def tags(self) -> list[str]:
        """The tags that it gives."""
        return many(self.then.tags)


@dataclass(frozen=True, slots=True)
class Rules:
    """The compiled rules of one file, in order."""

    rules: tuple[Rule, ...]
    sets: Phrases = field(default_factory=lambda: Phrases(()))
    """The sets of words that its phrases name: the built-in ones and the file's own."""
    set_names: frozenset[str] = frozenset()
    weak: bool = False
    """The filters of the lanes come before them, except where they hear harm."""

    def rule_for(self, kind: str, *, doubt: bool = False) -> Rule | None:
        """Return the first rule for a kind of harm, None if there is none; `doubt` asks for one that gives `look`.

        A rule for what the model hears alone comes before one that also wants words.
        """
        fitting = [rule for rule in self.rules if kind in rule.kinds and rule.of_harm and (LOOK in rule.tags) is doubt]
        return min(
            fitting, key=lambda rule: any(condition.name == WORDS for condition in rule.conditions), default=None
        )

    @property
    def asks_fields(self) -> bool:
        """Whether a rule has a condition on a custom field."""
        return any(condition.name.startswith(f"{FIELD} ") for rule in self.rules for condition in rule.conditions)

    @property
    def harm_tags(self) -> frozenset[str]:
        """The tags that only harm gives."""
        return frozenset(tag for rule in self.rules if rule.of_harm for tag in rule.tags)

    @property
    def harm_topics(self) -> frozenset[str]:
        """The topics of harm."""
        return frozenset(rule.then.topic for rule in self.rules if rule.of_harm and rule.then.topic)

    @property
    def harm_lanes(self) -> frozenset[str]:
        """The lanes that handle harm."""
        return frozenset(rule.then.lane for rule in self.rules if rule.of_harm and rule.then.lane)


def load(source: Path | str, *, lanes: Collection[str] | None = None, fields: Collection[str] | None = None) -> Rules:
    """Compile rules from a file (a Path) or from TOML text (a str).

    With `lanes`, a rule that sends to any other lane is an error; with `fields`, one that asks for another field.
    Raises InputError with file and line.
    """
    file = rule_files.read(source, _File, "" if isinstance(source, Path) else "routing rules")
    seen: set[str] = set()
    rules = []
    sets = merged(built_in(), file.content.sets)
    for index, table in enumerate(file.content.rule):
        if not table.name.strip() or table.name in seen:
            file.fail(f"the name {table.name!r} is empty or used twice; give each rule its own", "rule", index, "name")
        if lanes is not None and table.then.lane and table.then.lane not in lanes:
            file.fail(f"there is no lane {table.then.lane!r}; the lanes are {listed(lanes)}", "rule", index, "lane")
        strange = [name for name in table.when.fields if fields is not None and name not in fields]
        if strange:
            file.fail(f"there is no field {strange[0]!r}; add a [[field]] to config.toml", "rule", index, "fields")
        values = [value for wanted in table.when.fields.values() for value in many(wanted)]
        if wrong := next(filter(None, map(wrong_limit, values)), ""):
            file.fail(wrong, "rule", index, "fields")
        phrases = (*many(table.when.words), *many(table.when.without))
        wordless = next((word for word in phrases if not fold(word).strip()), None)
        if wordless is not None:
            file.fail(f"{wordless!r} holds no letter or digit to look for", "rule", index, "words")
        if unknown := sorted(named_sets(table.when) - sets.keys()):
            file.fail(f"there is no set <{unknown[0]}>; add it under [sets]", "rule", index, "words")
        deaf = next((name for name in many(table.when.hears) if name not in harm_model.NAMES), None)
        if deaf is not None:
            file.fail(f"{deaf!r} is not heard; the names are {', '.join(harm_model.NAMES)}", "rule", index, "hears")
        other = next((name for name in many(table.when.mostly) if name not in harm_model.HARM), None)
        if other is not None:
            kinds = ", ".join(harm_model.HARM)
            file.fail(f"{other!r} is not a kind of harm; the kinds are {kinds}", "rule", index, "mostly")
        seen.add(table.name)
        listened = tuple(many(table.when.mostly) or many(table.when.hears))
        rules.append(Rule(table.name, compiled(table.when), table.then, table.goes_on, listened))
    phrases_of = Phrases((phrase, name) for name, phrases in sets.items() for phrase in phrases)
    return Rules(tuple(rules), phrases_of, frozenset(sets))


@cache
def default_rules() -> Rules:
    """Return the rules that come with the desk."""
    return replace(load(Path(__file__).with_name("routing_default.toml")), weak=True)


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
        tier=message.customer.tier,
        lane=message.lane,
    )


def route(rules: Rules, facts: Facts, lanes: Sequence[Lane] = DEFAULT_LANES, standing: Ticket | None = None) -> Route:
    """Apply the rules in order, then find the lane (`queues.routing.lanes.place`). Priority is normal unless set.

    With a `standing` ticket the lane goes by the tags, topic, severity and priority that it has, not by the rules'.
    """
    text = Words(f"{facts.subject}\n{facts.text}", rules.sets)
    facts = replace(facts, meant=stands_for(facts.lane, lanes))
    matched: list[Rule] = []
    trace: list[Trial] = []
    ended = False
    for rule in rules.rules:
        trial = Trial(rule.name, NOT_TRIED) if ended else _try(rule, facts, text)
        trace.append(trial)
        if trial.matched:
            matched.append(rule)
            ended = not rule.goes_on
    parts = [rule.then for rule in matched]
    reasons = [_named(trial) for trial in trace if trial.matched]
    taken = Route(
        lane=next((part.lane for part in parts if part.lane), ""),
        priority=next((part.priority for part in parts if part.priority), Priority.NORMAL),
        severity=next((part.severity for part in parts if part.severity), None),
        tags=tuple(dict.fromkeys(tag for part in parts for tag in many(part.tags))),
        topic=next((part.topic for part in parts if part.topic), ""),
        procedure=next((part.procedure for part in parts if part.procedure), ""),
        reason="",
        trace=tuple(trace),
        harm=text.harm,
    )
    now = standing or taken
    tags = now.tags if standing else (*facts.tags, *taken.tags)
    seen = replace(facts, tags=tags, topic=now.topic, severity=now.severity or "", priority=now.priority)
    where = place(lanes, taken.lane, seen, text, weak=rules.weak)
    reasons += [f"lane {where.lane}"] if where.by == "filter" else []
    return replace(taken, lane=where.lane, placed_by=where.by, reason=" + ".join(reasons) or NO_RULE)


def is_harm(severity: Severity | None, tags: Iterable[str]) -> bool:
    """Return whether a severity or the tags say that someone is harmed, or may be."""
    return severity in HARMFUL or LOOK in tags


def corrected(rules: Rules, lanes: Sequence[Lane], facts: Facts, kind: str) -> Route | None:
    """Return the route of a message of which a person said what harm it is about; `NO_HARM` for none.

    None if no rule is for that kind. Without harm, the other rules decide, and not the lane that the message came to
    because of harm.
    """
    if kind == NO_HARM:
        others = replace(rules, rules=tuple(rule for rule in rules.rules if not rule.of_harm))
        of_harm = rules.harm_lanes | harm_lanes(lanes)
        return route(others, replace(facts, lane="" if facts.lane in of_harm else facts.lane), lanes)
    rule = rules.rule_for(kind)
    if rule is None:
        return None
    then, lane = rule.then, lane_named(rule.then.lane, lanes) or lane_named(facts.lane, lanes)
    return Route(
        lane,
        then.priority or Priority.NORMAL,
        then.severity,
        tuple(rule.tags),
        then.topic,
        then.procedure,
        rule.name,
        (),
    )


def explain(route_taken: Route) -> list[str]:
    """Return one line per rule: what it matched on, or which condition failed."""
    return [
        f"{trial.rule}: {trial.failed or 'matched on ' + (trial.found or 'every message')}"
        for trial in route_taken.trace
    ]


def _named(trial: Trial) -> str:
    return f"{trial.rule} ({float(trial.heard):.0%})" if trial.heard else trial.rule


@lru_cache(1_024)  # most rules fail for most messages
def _failed(rule: str, condition: str, wanted: str) -> Trial:
    return Trial(rule, f"failed on {condition}, wanted {wanted}")


def _try(rule: Rule, facts: Facts, text: Words) -> Trial:
    results = []
    heard = ""
    for condition in rule.conditions:
        value = condition.find(facts, text)
        if value is None:
            return _failed(rule.name, condition.name, condition.wanted)
        heard = value if condition.name == HEARS else heard
        results += [f"{condition.name} {value}"] if value else []
    return Trial(rule.name, "", ", ".join(results), heard)
