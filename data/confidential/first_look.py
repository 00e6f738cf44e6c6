"""A cheap first look at a text: which patterns can match in it at all. Substrings cost a hundredth of a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable

LETTER = re.compile(r"[^\W\d_]")
"""What every word has, and a table of numbers has not."""


def lowered(text: str) -> str:
    """Return the text in small letters, each at its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char if len(char.lower()) > 1 else char.lower() for char in text)


def has_any(low: str, words: Iterable[str]) -> bool:
    """Return whether one of the words, in small letters, is part of the lowered text."""
    for word in words:  # noqa: SIM110 # `any` over a generator takes twice as long, and this is asked of every text
        if word in low:
            return True
    return False
