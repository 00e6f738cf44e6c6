"""The features of the language model, shared by training and scoring, so that both always mean the same."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
LONGEST_WORD = 24


def words(text: str) -> list[str]:
    """Return the words of a text in lower case: letters only, drawn-out letters (`holaaaa`) shortened to one."""
    lowered = text.lower()
    if _DRAWN_OUT.search(lowered):
        lowered = _DRAWN_OUT.sub(r"\1", lowered)
    return [word[:LONGEST_WORD] for word in _WORD.findall(lowered)]


def features(word: str) -> list[str]:
    """Return a word's features: its character 2-, 3- and 4-grams with `_` at both ends, and the word as a whole."""
    marked = f"_{word}_"
    length = len(marked)
    grams = [marked[at : at + size] for size in (2, 3, 4) for at in range(length - size + 1)]
    if length > 4:
        grams.append(marked)
    return grams
