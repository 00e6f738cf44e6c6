"""What people type to search, as conditions: words, phrases, operators, and what must not be there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from data.errors import InputError
from data.records.tickets import Status
from data.search.field_conditions import wrong_limit
from data.search.search_words import LONGEST_PHONE, SHORTEST_PHONE, term

OPERATORS = ("from", "tag", "status", "lang", "lane", "before", "after", "has")
"""The operators; any other word before a colon is plain text."""
MOST_PARTS = 24
_PHONE = re.compile(r"(?<![\w:.,-])\+?\(?\d[\d().-]*(?: [\d().-]+)+(?= |$)")
"""A telephone number in groups: digits with spaces between."""
_PART = re.compile(r"""(-)?(?:([a-z]+(?:\.[a-z0-9_]+)?):)?(?:"([^"]*)"?|(\S+))""")
_BACK = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_STATUSES = {str(status).replace(" ", ""): str(status) for status in Status} | {"hold": str(Status.ON_HOLD)}


@dataclass(slots=True)
class Condition:
    """Values of a ticket: one of `wanted`, none of `unwanted`."""

    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """What a custom field must hold, or must not."""

    name: str
    value: str
    """In lower case; `*` for any value, `>100` (`>=`, `<`, `<=`) for a comparison."""
    unwanted: bool = False


@dataclass(slots=True)
class Query:
    """A search, understood."""

    words: list[str] = field(default_factory=list)
    """FTS5 expressions that must all match."""
    people: list[str] = field(default_factory=list)
    """The plain words among them, for names and addresses."""
    unwanted: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """Of `from:`, as FTS5 expressions."""
    other_senders: list[str] = field(default_factory=list)
    tags: Condition = field(default_factory=Condition)
    statuses: Condition = field(default_factory=Condition)
    languages: Condition = field(default_factory=Condition)
    lanes: Condition = field(default_factory=Condition)
    fields: list[FieldCondition] = field(default_factory=list)
    since: int | None = None
    until: int | None = None
    has_file: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == Query()


def parse(text: str, now: int, zone: tzinfo) -> Query:
    """Understand a search. Raises InputError for an operator whose value cannot be."""
    query = Query()
    clean = _PHONE.sub(lambda number: _joined(query, number[0]), text.replace("\x00", " "))
    parts = list(_PART.finditer(clean))[:MOST_PARTS]
    for place, part in enumerate(parts):
        minus, name, phrase, word = part.groups()
        value = phrase if phrase is not None else word or ""
        if name and name.startswith("field.") and value:
            if wrong := wrong_limit(value):
                raise InputError("Not understood", f"{name}: {wrong}")
            query.fields.append(FieldCondition(name.removeprefix("field."), value.casefold(), bool(minus)))
            continue
        if name in OPERATORS and value:
            _operator(query, name, value, bool(minus), now, zone)
            continue
        plain = value if name is None else f"{name}:{value}"
        is_last = place == len(parts) - 1 and phrase is None and part.end() == len(clean)
        expression = term(plain, beginning=is_last)
        if not expression:
            continue
        (query.unwanted if minus else query.words).append(expression)
        if not minus and phrase is None:
            query.people.append(term(plain, beginning=True))
        elif not minus:
            query.people.append(expression)
    return query


def _joined(query: Query, number: str) -> str:
    """Take a telephone number out of the text, as one word: together, or each group by itself."""
    digits = re.sub(r"\D", "", number)
    if not SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
        return number
    groups = " AND ".join(term(group) for group in number.split())
    query.words.append(f'("{digits}" OR ({groups}))')
    query.people.append(f'("{digits}"* OR ({groups}))')
    return " "


def _operator(query: Query, name: str, value: str, unwanted: bool, now: int, zone: tzinfo) -> None:
    if name == "from":
        (query.other_senders if unwanted else query.senders).extend(filter(None, [term(value, beginning=True)]))
    elif name == "has":
        if value.casefold() not in ("file", "files", "attachment"):
            raise InputError("Not understood", f"has:{value} is not known; use has:file.")
        query.has_file = not unwanted
    elif name in ("before", "after"):
        at = _moment(name, value, now, zone)
        if (name == "before") != unwanted:
            query.until = at if query.until is None else min(at, query.until)
        else:
            query.since = at if query.since is None else max(at, query.since)
    elif name == "status":
        status = _STATUSES.get(re.sub(r"[\s_-]", "", value.casefold()))
        if status is None:
            known = ", ".join(name for name in _STATUSES)
            raise InputError("Not understood", f"status:{value} is not known; use one of {known}.")
        _put(query.statuses, status, unwanted)
    else:
        condition = {"tag": query.tags, "lang": query.languages, "lane": query.lanes}[name]
        _put(condition, value if name == "tag" else value.casefold(), unwanted)


def _put(condition: Condition, value: str, unwanted: bool) -> None:
    (condition.unwanted if unwanted else condition.wanted).append(value)


def _moment(name: str, value: str, now: int, zone: tzinfo) -> int:
    """Return the beginning of a day, or a time before now such as `7d`."""
    today = datetime.fromtimestamp(now, zone).date()
    back = _BACK.fullmatch(value.casefold())
    if back:
        return now - int(timedelta(**{_UNITS[back[2]]: int(back[1])}).total_seconds())
    days = {"today": today, "yesterday": today - timedelta(days=1), "hoy": today, "ayer": today - timedelta(days=1)}
    day = days.get(value.casefold())
    try:
        day = day or date.fromisoformat(value)
        return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
    except (ValueError, OverflowError, OSError):
        raise InputError(
            "Not a date", f"{name}:{value} is not a date; write {name}:{today.isoformat()}, {name}:7d or {name}:today."
        ) from None
