"""What a desk knows before it has answered anything: the macros' own texts, and messages as customers write them.

The messages are in the table next to this file; they belong to the built-in macros, and some to none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from macros.filling.macro import Macro
from macros.suggesting.suggest import ELSEWHERE, Suggester

LOOKS_AT_FIRST = 1
"""How often all of it is looked at: more of it makes the start slower than the suggestions better."""
COVERED = 0.35
"""A message about something else is left out where a macro's own words are this close to it: there is an answer now."""


def teach(suggester: Suggester, macros: Iterable[Macro]) -> None:
    """Take in macros with their texts and the messages that are known for them."""
    new = list(macros)
    suggester.know(new)
    names = {macro.name for macro in new}
    for macro, text in _table():
        if macro in names:
            suggester.know_message(text, macro)


def teach_limits(suggester: Suggester) -> None:
    """Take in messages that no built-in macro answers, unless one of the desk's own macros does, and settle."""
    messages = [text for macro, text in _table() if macro == ELSEWHERE]
    for text in [text for text in messages if suggester.closest(text) < COVERED]:
        suggester.know_message(text, ELSEWHERE)
    suggester.settle(LOOKS_AT_FIRST)


@cache
def _table() -> tuple[tuple[str, str], ...]:
    return tuple(_read(Path(__file__).with_name("first_messages.txt").read_text(encoding="utf-8")))


def _read(table: str) -> Iterator[tuple[str, str]]:
    macro = ELSEWHERE
    for line in filter(None, map(str.strip, table.splitlines())):
        if line.startswith("["):
            macro = line.strip("[]")
        elif not line.startswith("#"):
            yield macro, line
