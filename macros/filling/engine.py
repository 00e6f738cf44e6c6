"""The one Jinja environment: sandboxed, without loader or globals, and showing what is missing instead of guessing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from jinja2 import StrictUndefined, Template, Undefined, nodes
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from macros.filling.allow_list import FILTERS, TESTS, RefusedError, check, parse
from macros.filling.context import Value
from macros.filling.filters import OWN
from macros.filling.includes import includes, splice
from macros.filling.locales import Locale
from macros.filling.values import Moment

MAX_OUTPUT = 100_000
"""Characters of one rendered reply."""

Texts = tuple[tuple[str, str], ...]
"""Names and texts of snippets, in one language."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TAG_LINE = re.compile(r"^[ \t]*((?:\{%(?![-+]?\s*include\b)(?:(?!%\}|\n).)*%\}[ \t]*)+)\n", re.MULTILINE)


class Missing(Undefined):
    """A known value that no one gave: prints as `{{ name }}`, is false, equals and orders with nothing."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__(name=name)

    def __str__(self) -> str:
        return "{{ " + str(self._undefined_name) + " }}"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    __hash__ = Undefined.__hash__

    def __lt__(self, other: object) -> bool:  # type: ignore[override]  # jinja2 types the failing default as Never
        return False

    __le__ = __gt__ = __ge__ = __lt__  # type: ignore[assignment]  # the same


class NamedFields:
    """Values by names of the desk's own, such as a ticket's custom fields; one without a value is missing."""

    __slots__ = ("_group", "_locale", "_values")

    def __init__(self, group: str, values: Mapping[str, str], locale: Locale) -> None:
        self._group, self._values, self._locale = group, values, locale

    def __getattr__(self, name: str) -> str | Missing:
        value = self._values.get(name, "")
        try:
            return (
                Moment.of(date.fromisoformat(value), self._locale) if _DAY.fullmatch(value) else value or self._no(name)
            )
        except ValueError:
            return value

    def _no(self, name: str) -> Missing:
        return Missing(f"{self._group}.{name}")


@lru_cache(maxsize=4096)
def check_text(text: str, asked: frozenset[str], snippets: Texts = ()) -> None:
    """Raise `allow_list.RefusedError` when the template text is outside what a macro may do.

    `snippets` are the texts that it may include, by name, in its own language.
    """
    _tree(text, asked, snippets)


@lru_cache(maxsize=4096)
def included(text: str) -> tuple[tuple[str, int], ...]:
    """Return the names of the snippets that a text includes, each with its line. Raises RefusedError."""
    return includes(parse(_environment(), _squeezed(text)))


def fill(text: str, asked: frozenset[str], values: Mapping[str, object], snippets: Texts = ()) -> str:
    """Render template text. Raises ValueError, with a reason in words, when it cannot be done."""
    try:
        template = _compiled(text, asked, snippets)
        parts: list[str] = []
        size = 0
        for part in template.generate(values):
            parts.append(part)
            size += len(part)
            if size > MAX_OUTPUT:
                raise ValueError(f"the text grows past {MAX_OUTPUT} characters")
    except (TemplateError, TypeError, RecursionError, MemoryError) as wrong:
        raise ValueError(f"the text cannot be filled in: {wrong}") from None
    return "".join(parts)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_final, autoescape=False)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS - OWN.keys()} | dict(OWN)
    environment.tests = {name: environment.tests[name] for name in (*TESTS, "in")}
    return environment


@lru_cache(maxsize=512)
def _compiled(text: str, asked: frozenset[str], snippets: Texts) -> Template:
    return _environment().from_string(_tree(text, asked, snippets))


def _tree(text: str, asked: frozenset[str], snippets: Texts) -> nodes.Template:
    environment = _environment()
    results = {name: _squeezed(snippet) for name, snippet in snippets}
    tree = splice(environment, parse(environment, _squeezed(text)), results)
    check(tree, asked)
    return tree


def _squeezed(text: str) -> str:
    # A line that holds only tags leaves no empty line behind; a tag inside a line changes no line break.
    return _TAG_LINE.sub(r"\1", text)


def _final(value: Value | Undefined | None) -> Value | Undefined:
    if value is None:
        raise RefusedError(1, "a value is None, which would print as the word None")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value
