"""An entry of the glossary as a line, for the card and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.look.words import spoken, words

if TYPE_CHECKING:
    from queues.glossary.glossary import Entry

SORTS = {
    "abbreviation": "abbreviation", "emoji": "emoji", "community": "community", "safety": "safety", "slang": "slang",
    "house": "of this desk",
}  # fmt: skip
"""What an entry is about, in words."""


def meaning_line(entry: Entry) -> str:
    """Return word and meaning, where it is said, and whether it may be just the ordinary word."""
    about = [words(SORTS[entry.sort.value]), *([", ".join(entry.places)] if entry.places else [])]
    line = f"{entry.word} · {entry.said(spoken())} ({' · '.join(about)})"
    return f"{line} {words('– or just the ordinary word')}" if entry.is_unsure else line
