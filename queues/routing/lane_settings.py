"""`[[lane]]` as a settings file writes it, made into lanes. An error names the lane, the key and what to write."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Literal, NoReturn

import msgspec

from data.errors import InputError
from data.records.tickets import DEFAULT_LANES, Lane, LaneFilter, Priority, Severity
from data.search.field_conditions import wrong_limit
from queues.ground.folded_text import fold
from queues.routing.conditions import OneOrMore, When, many, named_sets
from queues.routing.lanes import described

NONE = "none"
"""What commands and the search call the place of tickets in no lane."""
_NAME = re.compile(r"[^\W_][\w.-]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FILTERS = {
    "words": "words", "without": "without", "tags": "tags", "connectors": "connectors", "languages": "languages",
    "topics": "topics", "severities": "severities", "priorities": "priorities", "tiers": "tiers", "to": "to",
    "from": "senders",
}  # fmt: skip
"""The keys that make a lane's filter, and the fields that hold them."""
_SINGULAR = {"word": "words", "tag": "tags", "connector": "connectors", "language": "languages", "topic": "topics",
             "severity": "severities", "priority": "priorities", "tier": "tiers", "sender": "from"}  # fmt: skip
_BUILT_IN = {lane.name: lane for lane in DEFAULT_LANES}


class LaneTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[lane]]`: the name that rules use, the title on the screen (or one by language), and what it takes."""

    name: str
    """The name that rules and commands use: one word."""
    title: str | dict[str, str] = ""
    """The title on the screen, or one for each language: `{ en = "Refunds", es = "Reembolsos" }`."""
    words: OneOrMore | None = None
    """It takes tickets whose first message has any of these words."""
    without: OneOrMore | None = None
    """… but not those that have any of these."""
    tags: OneOrMore | None = None
    """… that have any of these tags."""
    connectors: OneOrMore | None = None
    """… that came in through any of these: `email:NAME` for an account."""
    languages: OneOrMore | None = None
    """… whose customer writes any of these languages, by ISO 639-1 code; `und` for unknown."""
    topics: OneOrMore | None = None
    """… of any of these topics."""
    severities: OneOrMore | None = None
    """… of any of these severities."""
    priorities: OneOrMore | None = None
    """… of any of these priorities."""
    tiers: OneOrMore | None = None
    """… whose customer has any of these tiers."""
    to: OneOrMore | None = None
    """… that were sent to any of these addresses, or `@domain`s."""
    senders: OneOrMore | None = msgspec.field(default=None, name="from")
    """… that came from any of these addresses, or `@domain`s."""
    fields: dict[str, OneOrMore] | None = None
    """… whose custom fields have these values: `{ product = ["app", "web"], amount = ">100", order = "*" }`."""
    harm: bool | None = None
    """It handles harm: `safety` does by itself."""
    order: Literal["due", "oldest", "newest"] = "due"
    """What is at its top: the nearest deadline, the oldest or the newest ticket."""


def lanes_of(tables: Sequence[Mapping[str, object]], where: str) -> tuple[Lane, ...]:
    """Return the lanes in their order, the default ones if there are none. Raises InputError.

    A lane that has the name of a built-in one has its title, and handles harm if that does, unless it says otherwise.
    """
    lanes: list[Lane] = []
    for place, table in enumerate(tables):
        lane = _lane(table, place, where)
        at = _where(where, lane.name, place)
        if twin := next((known for known in lanes if known.name == lane.name), None):
            _fail(f"{at} has the name of lane {twin.position + 1}; give each [[lane]] a name of its own")
        same = next((known for known in lanes if known.filter == lane.filter != LaneFilter()), None)
        if same is not None:
            _fail(f"{at} takes the same as lane {same.name!r} ({described(lane.filter)}), which comes first and "
                  "leaves it nothing; change one of the two")  # fmt: skip
        lanes.append(lane)
    return tuple(lanes) or DEFAULT_LANES


def check_sets(lanes: Sequence[Lane], known: Collection[str], where: str) -> None:
    """Refuse filters whose words name a set that is not among the `known`. Raises InputError."""
    for lane in lanes:
        words = When(words=list(lane.filter.words), without=list(lane.filter.without))
        if unknown := sorted(named_sets(words) - set(known)):
            at = _where(where, lane.name, lane.position)
            _fail(f"{at}: there is no set <{unknown[0]}>; add it under [sets] in routing.toml")


def _lane(table: Mapping[str, object], place: int, where: str) -> Lane:
    """Return the lane of one table. Raises InputError."""
    named = table.get("name")
    at = _where(where, named if isinstance(named, str) else "", place)
    if named == NONE:
        _fail(f"{at}: {NONE} means no lane; give it another name")
    if not isinstance(named, str) or not _NAME.fullmatch(named):
        _fail(f'{at} needs a name: one word of letters, digits, dots and hyphens, such as name = "refunds"')
    for key in table.keys() - {field.encode_name for field in msgspec.structs.fields(LaneTable)}:
        _unknown(key, at)
    try:
        content = msgspec.convert(table, LaneTable)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        key = path.strip(".`").partition("[")[0].partition(".")[0]
        _fail(f"{at}: {key or 'it'} is not understood: {problem[:1].lower()}{problem[1:]}; correct the value")
    built_in = _BUILT_IN.get(content.name)
    title, titles = _titles(content, at)
    return Lane(
        content.name,
        title or (built_in.title if built_in else content.name.replace("-", " ").capitalize()),
        place,
        _filter(content, at),
        (built_in is not None and built_in.harm) if content.harm is None else content.harm,
        content.order,
        titles,
    )


def _titles(content: LaneTable, at: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the title, English where there is one, and all by language."""
    if isinstance(content.title, str):
        return content.title.strip(), ()
    titles = {code: title.strip() for code, title in content.title.items()}
    wrong = next((code for code in titles if not _LANGUAGE.fullmatch(code)), None)
    if wrong is not None or not titles or not all(titles.values()):
        _fail(f'{at}: title has a text for each language code, such as {{ en = "Refunds", es = "Reembolsos" }}')
    return titles.get("en") or next(iter(titles.values())), tuple(titles.items())


def _filter(content: LaneTable, at: str) -> LaneFilter:
    """Return what a lane takes. Raises InputError for a condition that nothing, or everything, would fit."""
    values: dict[str, tuple[str, ...]] = {}
    for key, field in _FILTERS.items():
        given: OneOrMore | None = getattr(content, field)
        if given is None:
            continue
        listed = tuple(value.strip() for value in many(given))
        if not listed or not all(listed):
            _fail(f"{at}: {key} is empty; write what the lane takes, or leave {key} out")
        _check_values(key, listed, at)
        values[field] = listed
    if content.fields is not None:
        values["fields"] = _field_values(content.fields, at)
    if values.keys() == {"without"}:
        _fail(f"{at}: without alone says nothing of what the lane takes; add words, tags or another condition")
    return LaneFilter(**values)


def _field_values(fields: Mapping[str, OneOrMore], at: str) -> tuple[str, ...]:
    """Return the wanted values of custom fields as pairs. Raises InputError."""
    pairs = tuple(f"{name}={value.strip()}" for name, wanted in fields.items() for value in many(wanted))
    if not pairs or any(not many(wanted) for wanted in fields.values()):
        _fail(f'{at}: fields is empty; write the wanted values, such as fields = {{ product = "app" }}')
    for pair in pairs:
        if wrong := wrong_limit(pair.partition("=")[2]):
            _fail(f"{at}: fields: {wrong}")
    return pairs


def check_fields(lanes: Sequence[Lane], known: Collection[str], where: str) -> None:
    """Refuse filters that name a custom field that is not among the `known`. Raises InputError."""
    for lane in lanes:
        names = [pair.partition("=")[0] for pair in lane.filter.fields]
        if unknown := next((name for name in names if name not in known), None):
            at = _where(where, lane.name, lane.position)
            _fail(f"{at}: there is no field {unknown!r}; add a [[field]] for it")


def _check_values(key: str, values: tuple[str, ...], at: str) -> None:
    allowed: dict[str, list[str]] = {"severities": [*Severity], "priorities": [*Priority]}
    if key in allowed and (wrong := next((value for value in values if value not in allowed[key]), None)):
        _fail(f"{at}: {wrong!r} is not one of the {key}; use {', '.join(allowed[key])}")
    if key == "languages" and (wrong := next((value for value in values if not _LANGUAGE.fullmatch(value)), None)):
        _fail(f"{at}: {wrong!r} is not a language code; use ISO 639-1: en, es, pt, or und for unknown")
    if key in ("words", "without") and (wrong := next((value for value in values if not fold(value).strip()), None)):
        _fail(f"{at}: {wrong!r} in {key} holds no letter or digit to look for; write a word")


def _unknown(key: str, at: str) -> NoReturn:
    known = [field.encode_name for field in msgspec.structs.fields(LaneTable)]
    close = _SINGULAR.get(key) or next(iter(get_close_matches(key, known, 1)), "")
    hint = f"did you mean {close}?" if close else f"a lane has {', '.join(known)}."
    raise InputError("Lanes not usable", f"{at}: {key!r} is not a key of a lane; {hint}")


def _where(where: str, name: str, place: int) -> str:
    return f"{where}: lane {place + 1} ({name})" if name else f"{where}: lane {place + 1}"


def _fail(problem: str) -> NoReturn:
    raise InputError("Lanes not usable", f"{problem}.")
