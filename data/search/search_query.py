"""What people type to search, as conditions: words, phrases, operators, and what must not be there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from data.errors import InputError
from data.records.tickets import Status
from data.search.field_conditions import wrong_limit
from data.search.search_dates import day_of
from data.search.search_words import LONGEST_PHONE, SHORTEST_PHONE, phone_spellings, term

OPERATORS = ("from", "tag", "status", "lang", "lane", "before", "after", "has")
"""The operators; any other word before a colon is plain text."""
_IN_SPANISH = {"de": "from", "etiqueta": "tag", "estado": "status", "idioma": "lang", "bandeja": "lane",
               "antes": "before", "despues": "after", "después": "after", "desde": "after", "tiene": "has"}  # fmt: skip
_NAMES = {name: name for name in OPERATORS} | _IN_SPANISH
MOST_PARTS = 24
_PHONE = re.compile(r"(?<![\w:.,-])\+?\(?\d[\d().-]*(?: [\d().-]+)+(?= |$)")
"""A telephone number in groups: digits with spaces between."""
_PART = re.compile(r"""(-)?(?:([a-zé]+(?:\.[a-z0-9_]+)?):)?(?:"([^"]*)"?|(\S+))""", re.IGNORECASE)
_BACK = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_STATUSES = {str(status).replace(" ", ""): str(status) for status in Status} | {"hold": str(Status.ON_HOLD)}
_STATUSES_IN_SPANISH = {
    "nuevo": Status.NEW, "abierto": Status.OPEN, "pendiente": Status.PENDING, "enespera": Status.ON_HOLD,
    "pospuesto": Status.SNOOZED, "resuelto": Status.SOLVED, "cerrado": Status.CLOSED, "suspendido": Status.SUSPENDED,
    "historial": Status.HISTORY,
}  # fmt: skip


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
    taken = -1
    for place, part in enumerate(parts):
        if place == taken:
            continue
        minus, name, phrase, word = part.groups()
        value = phrase if phrase is not None else word or ""
        name = name.casefold() if name else name
        if name is None and place + 1 < len(parts) and _spaced(query, part, parts[place + 1], now, zone):
            taken = place + 1
            continue
        if name and name.startswith("field.") and value:
            if wrong := wrong_limit(value):
                raise InputError("Not understood", f"{name}: {wrong}")
            query.fields.append(FieldCondition(name.removeprefix("field."), value.casefold(), bool(minus)))
            continue
        if name in _NAMES and value:
            _operator(query, _NAMES[name], value, bool(minus), now, zone)
            continue
        plain = value if name is None else f"{name}:{value}"
        is_last = place == len(parts) - 1 and phrase is None and part.end() == len(clean)
        is_last = is_last or (phrase is None and plain.endswith("*"))
        plain = plain.rstrip("*")
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
    spellings = sorted(phone_spellings(number))
    query.words.append(" OR ".join(f'"{one}"' for one in spellings).join(("(", f" OR ({groups}))")))
    query.people.append(" OR ".join(f'"{one}"*' for one in spellings).join(("(", f" OR ({groups}))")))
    return " "


def _spaced(query: Query, part: re.Match[str], following: re.Match[str], now: int, zone: tzinfo) -> bool:
    """Take an operator with a blank behind its colon, `from: ana`, where what follows can be its value."""
    name = _NAMES.get(part[4].removesuffix(":").casefold()) if (part[4] or "").endswith(":") else None
    value = following[3] if following[3] is not None else following[4]
    if name is None or following[1] or following[2] or not value or part.end() == following.start():
        return False
    try:
        _operator(query, name, value, bool(part[1]), now, zone)
    except InputError:
        return False  # a sentence: `status: the parcel is lost`
    return True


def _operator(query: Query, name: str, value: str, unwanted: bool, now: int, zone: tzinfo) -> None:
    if name == "from":
        (query.other_senders if unwanted else query.senders).extend(filter(None, [term(value, beginning=True)]))
    elif name == "has":
        if value.casefold() not in ("file", "files", "attachment", "archivo", "archivos"):
            raise InputError("Not understood", f"has:{value} is not known; use has:file.")
        query.has_file = not unwanted
    elif name in ("before", "after"):
        at = _moment(name, value, now, zone)
        if (name == "before") != unwanted:
            query.until = at if query.until is None else min(at, query.until)
        else:
            query.since = at if query.since is None else max(at, query.since)
    elif name == "status":
        written = re.sub(r"[\s_-]", "", value.casefold())
        status = _STATUSES.get(written) or _STATUSES_IN_SPANISH.get(written)
        if status is None:
            known = ", ".join(name for name in _STATUSES)
            raise InputError("Not understood", f"status:{value} is not known; use one of {known}.")
        _put(query.statuses, str(status), unwanted)
    else:
        condition = {"tag": query.tags, "lang": query.languages, "lane": query.lanes}[name]
        _put(condition, value if name == "tag" else value.casefold(), unwanted)


def _put(condition: Condition, value: str, unwanted: bool) -> None:
    (condition.unwanted if unwanted else condition.wanted).append(value)


def _moment(name: str, value: str, now: int, zone: tzinfo) -> int:
    """Return the beginning of a day, month or year, or a time before now such as `7d`."""
    today = datetime.fromtimestamp(now, zone).date()
    back = _BACK.fullmatch(value.casefold())
    if back:
        return now - int(timedelta(**{_UNITS[back[2]]: int(back[1])}).total_seconds())
    try:
        day = day_of(value, today)
        if day is not None:
            return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
    except (ValueError, OverflowError, OSError):  # the 31st of a short month, or a year that no calendar has
        pass
    raise InputError(
        "Not a date", f"{name}:{value} is not a date; write {name}:{today.isoformat()}, {name}:7d or {name}:today."
    )
