"""Puts snippets and macros together: which snippet a name means, and whether each text may be used with its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from macros.files.front_matter import MacroError
from macros.filling.allow_list import RefusedError
from macros.filling.engine import Texts, check_text, included
from macros.filling.macro import Body, Macro, Once, Snippet

MAX_CHAIN = 5
"""How deep snippets may include each other."""

Snippets = Mapping[str, Snippet]


def link_snippets(candidates: Sequence[Snippet]) -> tuple[dict[str, Snippet], dict[Path, MacroError]]:
    """Return the snippets that can be used, by name, and what is wrong with the others.

    Of several with one name the last that can be used is taken: a user's own over a built-in one.
    """
    remaining, wrong = list(candidates), dict[Path, MacroError]()
    while True:
        taken = {snippet.name: snippet for snippet in remaining}
        refused = {snippet.path: error for snippet in taken.values() if (error := _wrong(snippet, taken))}
        if not refused:
            return taken, wrong
        wrong |= refused
        remaining = [
            snippet for snippet in remaining if taken[snippet.name] is not snippet or snippet.path not in refused
        ]


def link_macro(macro: Macro, snippets: Snippets) -> Macro:
    """Return the macro with the snippets that it includes. Raises MacroError if its text may not be used."""
    asked = frozenset(ask.name for ask in macro.asks)
    used: dict[str, Snippet] = {}
    for body in macro.bodies:
        used |= _check(macro.name, body, asked, snippets)
    return replace(macro, snippets=tuple(used.values()))


def check_subject(macro: Macro, line: int) -> None:
    """Raise MacroError, at `line`, where the macro's subject may not be used; a subject may not include snippets."""
    for _, text in macro.subject.by_language:
        _check(macro.name, Body("", text, line), frozenset(ask.name for ask in macro.asks), {})


def texts(snippets: Iterable[Snippet], language: str, without: frozenset[Once] = frozenset()) -> Texts:
    """Return what snippets say in a language; those of the kinds in `without` say nothing."""
    results = ((snippet, snippet.body_for(language) or snippet.bodies[0]) for snippet in snippets)
    return tuple((snippet.name, "" if snippet.once in without else body.text) for snippet, body in results)


def _wrong(snippet: Snippet, snippets: Snippets) -> MacroError | None:
    try:
        for body in snippet.bodies:
            _check(snippet.name, body, frozenset(), snippets, (snippet.name,))
    except MacroError as error:
        return error
    return None


def _check(
    name: str, body: Body, asked: frozenset[str], snippets: Snippets, chain: tuple[str, ...] = ()
) -> dict[str, Snippet]:
    """Check one text and return all that it includes."""
    try:
        used: dict[str, Snippet] = {}
        _reach(used, body, snippets, chain)
        check_text(body.text, asked, texts(used.values(), body.language))
    except RefusedError as wrong:
        raise MacroError(name, body.line + wrong.line - 1, str(wrong)) from None
    return used


def _reach(reached: dict[str, Snippet], body: Body, snippets: Snippets, chain: tuple[str, ...]) -> None:
    """Add to `reached` what a text includes, depth first, each snippet once. Raises RefusedError."""
    for name, line in included(body.text):
        if name in chain:
            raise RefusedError(line, f"snippets include each other in a circle: {' > '.join((*chain, name))}")
        if len(chain) >= MAX_CHAIN:
            raise RefusedError(line, f"snippets include each other more than {MAX_CHAIN} deep")
        snippet = snippets.get(name)
        if snippet is None:
            raise RefusedError(line, f"there is no snippet {name!r}, or it was refused")
        said = snippet.body_for(body.language) or (snippet.bodies[0] if not body.language else None)
        if said is None:
            raise RefusedError(line, f"the snippet {name!r} has no text in {body.language}")
        if name not in reached:
            reached[name] = snippet
            try:
                _reach(reached, said, snippets, (*chain, name))
            except RefusedError as wrong:
                raise RefusedError(line, str(wrong)) from None
