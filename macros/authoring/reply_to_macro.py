"""Converts a handwritten reply to a macro: what belongs to one customer becomes a value, the rest stays."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError
from data.safe_text import safe_line, safe_text
from macros.files.front_matter import MacroError, parse
from macros.files.macro_files import MAX_NAME, SUFFIX, put_file, slug
from macros.files.snippet_links import Snippets, link_macro
from macros.files.toml_text import as_words, quoted, quoted_list
from macros.filling.context import Context
from macros.filling.macro import Body, Macro, Once, Words
from macros.render import render

LANGUAGES = ("en", "es")
"""A new macro gets a body in each: the one that was written, and places to fill in for the others."""
_TO_WRITE = {"en": "[TEXT IN ENGLISH]", "es": "[TEXTO EN ESPAÑOL]"}
"""No reply with this text is sent, so a body that is not written yet cannot leave."""
_SHORTEST = 2
"""Letters of a name that is worth looking for."""


@dataclass(frozen=True, slots=True)
class Made:
    """A macro made of a reply, and the values that were found in it."""

    name: str
    source: str
    values: tuple[str, ...]


def make(title: str, text: str, language: str, context: Context, snippets: Snippets, topic: str = "") -> Made:
    """Return the macro of a reply in `language`. Raises InputError if it cannot be one.

    The customer's, the agent's and the brand's names, addresses and numbers become values; a greeting and a closing
    that are ours become the snippets they come from.
    """
    line = safe_line(title)
    name = f"{slug(topic) or 'own'}/{slug(line)}"
    if not slug(line) or len(name) > MAX_NAME:
        raise InputError("No name", "Give the macro a name with letters in it, such as Late refund.")
    spoken = language if language not in ("", "und") else LANGUAGES[0]
    middle, before, after = _without_snippets(safe_text(text).strip(), spoken, context, snippets)
    body, values = _general(middle, context)
    bodies = {spoken: _joined(before, body, after)}
    for other in LANGUAGES:
        if other != spoken.split("-")[0]:
            bodies[other] = _joined(before, _TO_WRITE[other], after)
    front = [f"title = {quoted(line[:200])}", *([f"topics = {quoted_list([topic])}"] if topic else [])]
    lines = ["+++", *front, "+++"]
    for code, words in bodies.items():
        lines += [f"=== {code}", words, ""]
    source = "\n".join(lines)
    try:
        link_macro(parse(name, source), snippets)
    except MacroError as wrong:
        raise InputError("Not kept as a macro", f"Line {wrong.line}: {wrong.reason}.") from None
    return Made(name, source, values)


def keep(made: Made, folder: Path, taken: Container[str] = ()) -> str:
    """Write the macro into the folder and return its name, with a number added if the name exists or is in `taken`.

    Raises InputError if it cannot be written.
    """
    name, number = made.name, 1
    while name in taken or os.path.lexists(folder / f"{name}{SUFFIX}"):
        number += 1
        name = f"{made.name}-{number}"
    path = folder / f"{name}{SUFFIX}"
    try:
        put_file(path, made.source)
    except OSError as wrong:
        raise InputError("Macro not written", f"{path}: {wrong.strerror}; check the folder's permissions.") from None
    return name


def _without_snippets(text: str, language: str, context: Context, snippets: Snippets) -> tuple[str, str, str]:
    """Return the text without a greeting and a closing that snippets would say, and those snippets' names."""
    said = {name: _said(name, language, context, snippets) for name, snippet in snippets.items() if snippet.once}

    def longest(once: Once, stands: Callable[[str], bool]) -> str:
        fitting = [name for name, words in said.items() if snippets[name].once is once and words and stands(words)]
        return max(fitting, key=lambda name: len(said[name]), default="")

    before = longest(Once.FIRST, text.startswith)
    text = text.removeprefix(said.get(before, "")).strip()
    after = longest(Once.LAST, text.endswith)
    return text.removesuffix(said.get(after, "")).strip(), before, after


def _said(name: str, language: str, context: Context, snippets: Snippets) -> str:
    include = Macro(name, Words(), (Body(language, f'{{% include "{name}" %}}', 1),))
    try:
        return render(link_macro(include, snippets), language, context, {}).text
    except (MacroError, InputError):
        return ""


def _joined(before: str, body: str, after: str) -> str:
    parts = [f'{{% include "{before}" %}}' if before else "", body, f'{{% include "{after}" %}}' if after else ""]
    return "\n\n".join(part for part in parts if part)


def _general(text: str, context: Context) -> tuple[str, tuple[str, ...]]:
    """Return the text as a template, its names, addresses and numbers as values, and the values' names."""
    wanted = {words: value for words, value in _known(context) if len(words) >= _SHORTEST}
    if not wanted:
        return as_words(text), ()
    longest_first = sorted(wanted, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w@.])(?:{'|'.join(map(re.escape, longest_first))})(?!\w|\.\w|@)")
    results: dict[str, None] = {}
    parts: list[str] = []
    at = 0
    for match in pattern.finditer(text):
        value = wanted[match[0]]
        results[value] = None
        mark = "#" if match[0].startswith("#") else ""
        parts += [as_words(text[at : match.start()]) + mark, f"{{{{ {value} }}}}"]
        at = match.end()
    return "".join([*parts, as_words(text[at:])]), tuple(results)


def _known(context: Context) -> Iterable[tuple[str, str]]:
    """Yield texts that a reply may contain with the value that each one is; for equal texts the first one wins."""
    values = context.values("en")
    fields = (
        ("brand", "signature"), ("brand", "url"), ("brand", "email"), ("brand", "name"), ("agent", "first_name"),
        ("agent", "name"), ("ticket", "reference"), ("customer", "email"), ("customer", "first_name"),
        ("customer", "name"),
    )  # fmt: skip
    for group, name in fields:
        held = values[group]
        word = held.get(name, "") if isinstance(held, Mapping) else ""
        yield str(word), f"{group}.{name}"
    yield f"#{context.ticket.id}", "ticket.id"
