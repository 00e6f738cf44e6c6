"""Reads front matter values of the right shape; a wrong one is named by its key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from data.records.tickets import Priority, Severity, Status
from data.safe_text import safe_line
from data.spans import span_seconds
from macros.filling import safe_patterns
from macros.filling.context import CONTRACT, SINGLE
from macros.filling.macro import NO_SEVERITY, Actions, Ask, EscalateTo, Kind, Once, PromiseOf, When, Words

Table = Mapping[str, object]
_Choice = TypeVar("_Choice", bound=StrEnum)

MAX_TEXT = 2000
"""Characters of one text in the front matter."""
MAX_ASKS = 20

_ANY_LANGUAGE = ""
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}")
RESERVED = frozenset(
    {*CONTRACT, *SINGLE, "loop", "true", "false", "none", "and", "or", "not", "in", "is", "if", "else"}
)


class Register(StrEnum):
    """How Spanish addresses a customer."""

    TU = "tu"
    USTED = "usted"
    VOS = "vos"


class FieldError(ValueError):
    """A front matter value of the wrong shape; `key` is the word to look for in the file."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key} {reason}")
        self.key = key


def only(table: Table, known: Iterable[str], where: str = "the front matter") -> None:
    """Refuse keys that mean nothing here: a typing mistake would silently lose what was meant."""
    for key in table:
        if key not in set(known):
            raise FieldError(key, f"is not a known key in {where}; known keys are {', '.join(sorted(known))}")


def text(table: Table, key: str, default: str = "") -> str:
    """Read a text; numbers are not taken for text."""
    value = table.get(key, default)
    if not isinstance(value, str):
        raise FieldError(key, "has to be a text in quotes")
    return _plain(key, value)


def texts(table: Table, key: str) -> tuple[str, ...]:
    """Read a list of texts."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FieldError(key, 'has to be a list of texts, such as ["one", "two"]')
    return tuple(_plain(key, item) for item in value)


def words(table: Table, key: str) -> Words:
    """Read one text for all languages, or a table of one text per language."""
    value = table.get(key, {})
    if isinstance(value, str):
        return Words(((_ANY_LANGUAGE, _plain(key, value)),)) if value else Words()
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise FieldError(key, 'has to be a text, or one text per language: { en = "…", es = "…" }')
    return Words(tuple((language, _plain(key, item)) for language, item in value.items()))


def _plain(key: str, value: str) -> str:
    if len(value) > MAX_TEXT or safe_line(value) != " ".join(value.split()):
        raise FieldError(key, f"is longer than {MAX_TEXT} characters or holds characters that cannot be shown")
    return value


def flag(table: Table, key: str) -> bool:
    """Read true or false."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise FieldError(key, "has to be true or false")
    return value


def part(table: Table, key: str) -> Table:
    """Read a table."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise FieldError(key, "has to be a table")
    return value


def actions(table: Table) -> Actions:
    """Read `[actions]`."""
    only(table, Actions.__dataclass_fields__, "[actions]")
    return Actions(
        status=_one_of(table, "status", Status),
        priority=_one_of(table, "priority", Priority),
        add_tags=texts(table, "add_tags"),
        remove_tags=texts(table, "remove_tags"),
        assign=text(table, "assign") if "assign" in table else None,
        escalate=_escalate(part(table, "escalate")) if "escalate" in table else None,
        snooze=_due(table, "snooze") if "snooze" in table else "",
        promise=_promise(part(table, "promise")) if "promise" in table else None,
        procedure=text(table, "procedure") if "procedure" in table else None,
    )


def when(table: Table) -> When:
    """Read `[when]`."""
    only(table, When.__dataclass_fields__, "[when]")
    return When(
        lanes=texts(table, "lanes"),
        topics=texts(table, "topics"),
        languages=texts(table, "languages"),
        tags=texts(table, "tags"),
        statuses=tuple(_choice("statuses", text, Status) for text in texts(table, "statuses")),
        priorities=tuple(_choice("priorities", text, Priority) for text in texts(table, "priorities")),
        tiers=texts(table, "tiers"),
        regions=texts(table, "regions"),
        registers=tuple(_choice("registers", text, Register) for text in texts(table, "registers")),
        severities=tuple(_severity(text) for text in texts(table, "severities")),
    )


def _severity(text: str) -> str:
    if text not in (NO_SEVERITY, *Severity):
        raise FieldError("severities", f"have to be of {', '.join((*Severity, NO_SEVERITY))}, not {text!r}")
    return text


def once(table: Table) -> Once | None:
    """Read which of several macros in one reply brings a snippet."""
    return _one_of(table, "once", Once)


def asks(value: object) -> tuple[Ask, ...]:
    """Read the `[[asks]]` in their order."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise FieldError("asks", "has to be a list of tables, each opened by [[asks]]")
    if len(value) > MAX_ASKS:
        raise FieldError("asks", f"are more than {MAX_ASKS}; remove some")
    read = tuple(_ask(item) for item in value)
    names = [ask.name for ask in read]
    for name in names:
        if names.count(name) > 1:
            raise FieldError("asks", f"ask for {name} twice")
    return read


def _ask(table: Table) -> Ask:
    only(table, Ask.__dataclass_fields__, "[[asks]]")
    name = text(table, "name")
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise FieldError("name", f"of an ask has to be a unique lower-case word, not {name!r}")
    kind = _one_of(table, "kind", Kind) or Kind.TEXT
    choices = texts(table, "choices")
    if (kind is Kind.CHOICE) != bool(choices):
        raise FieldError("choices", f'and kind = "choice" go together, in the ask {name}')
    pattern = text(table, "pattern")
    if wrong := safe_patterns.problem(pattern):
        raise FieldError("pattern", wrong)
    label = words(table, "label") or Words(((_ANY_LANGUAGE, name.replace("_", " ")),))
    return Ask(name, label, kind, choices, pattern, text(table, "default"), flag(table, "optional"))


def _escalate(table: Table) -> EscalateTo:
    only(table, EscalateTo.__dataclass_fields__, "escalate")
    if not text(table, "team"):
        raise FieldError("escalate", "has to name a team")
    return EscalateTo(text(table, "team"), _due(table, "due") if "due" in table else "", text(table, "reason"))


def _promise(table: Table) -> PromiseOf:
    only(table, PromiseOf.__dataclass_fields__, "promise")
    if not text(table, "text"):
        raise FieldError("promise", "has to say what is promised, in text")
    return PromiseOf(text(table, "text"), _due(table, "due"))


def _due(table: Table, key: str) -> str:
    value = text(table, key)
    if span_seconds(value) is None and not _NAME.fullmatch(value):
        raise FieldError(key, "has to be a duration such as 4h or 2d, or the name of a date ask")
    return value


def _one_of(table: Table, key: str, kind: type[_Choice]) -> _Choice | None:
    return _choice(key, text(table, key), kind) if key in table else None


def _choice(key: str, value: str, kind: type[_Choice]) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        raise FieldError(key, f"has to be one of {', '.join(kind)}, not {value!r}") from None
