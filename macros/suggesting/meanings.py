"""Which of a support desk's common meanings a message speaks of, so that "reembolso" and "money back" count as one.

The table next to this file is plain text: it needs no model, and serves both languages at once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_ENTRY = re.compile(r'"([^"]+)"|(\S+)')
_LONGEST = 3
"""Words of the longest phrase."""


@cache
def _table() -> dict[tuple[str, ...], list[str]]:
    """Read the table: words or phrases to the names of what they mean."""
    table: dict[tuple[str, ...], list[str]] = {}
    for line in Path(__file__).with_name("meanings.txt").read_text(encoding="utf-8").splitlines():
        name, _, entries = line.partition(":")
        if name.startswith("#"):
            continue
        for phrase, word in _ENTRY.findall(entries):
            table.setdefault(tuple((phrase or word).split()), []).append(name)
    return table


def meanings(tokens: list[str]) -> list[str]:
    """Return the names of what the folded words of a message mean, each once, in the order of their first word."""
    table, named = _table(), dict[str, None]()
    for at in range(len(tokens)):
        for length in range(1, _LONGEST + 1):
            named.update(dict.fromkeys(table.get(tuple(tokens[at : at + length]), ())))
    return list(named)
