"""What our macros say, whatever the values: the texts by which a quoted reply of ours is known inside a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from macros.filling.macro import Macro

CHOICE = re.compile(
    r"{%-?\s*if\b[^%]*%}((?:(?!{%).)*(?:{%-?\s*(?:elif\b[^%]*|else\s*-?)%}(?:(?!{%).)*)*){%-?\s*endif\s*-?%}", re.S
)
"""A choice: everything between its beginning and its end."""
INCLUDE = re.compile(r"{%-?\s*include\b[^%]*%}")
BRANCH = re.compile(r"{%-?\s*(elif\b[^%]*|else\s*-?)%}", re.S)
"""Where another branch begins."""
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
"""Whatever in a template is not text."""


def own_texts(macros: Iterable[Macro]) -> Iterator[str]:
    """Yield each body, and each snippet in it, with one branch of its choices after the other, without values."""
    for macro in macros:
        for body in (*macro.bodies, *(item for snippet in macro.snippets for item in snippet.bodies)):
            text = INCLUDE.sub(" ", body.text)
            most = 1 + max((len(BRANCH.findall(choice[0])) or 1 for choice in CHOICE.finditer(text)), default=0)
            yield from dict.fromkeys(TAG.sub(" ", _chosen(text, number)) for number in range(most))


def _chosen(text: str, number: int) -> str:
    """Return a text with one branch of each choice, the inner choices first."""
    while CHOICE.search(text):
        text = CHOICE.sub(partial(_branch, number), text)
    return text


def branches(choice: re.Match[str]) -> list[str]:
    """Return what a choice may say; the last is empty where it has no `else`."""
    parts = BRANCH.split(choice[1])
    has_else = any(tag.startswith("else") for tag in parts[1::2])
    return [*parts[::2], *([] if has_else else [""])]


def _branch(number: int, choice: re.Match[str]) -> str:
    """Return a branch by its number: the last one where a choice has fewer."""
    every = branches(choice)
    return every[min(number, len(every) - 1)]
