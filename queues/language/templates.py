"""Subtract what we ourselves wrote: macros, automatic replies and helpdesk footers that come back inside a message."""

from __future__ import annotations

import re
from collections.abc import Iterable

from queues.language.tokens import words

SHARED = 0.6
"""A sentence is ours when this share of its word trigrams stands in a known text."""

SENTENCE_END = re.compile(r"(?<=[.!?…:])\s+|\n+")
Trigram = tuple[str, str, str]


class KnownTexts:
    """The texts that we send, kept as their word trigrams. Build it once and hand it to every `detect`."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._trigrams: set[Trigram] = set()
        for text in texts:
            for sentence in SENTENCE_END.split(text):
                self._trigrams |= _trigrams(sentence)

    def subtract(self, text: str) -> str:
        """Return the text without the sentences that are ours; a text that is ours altogether stays as it is."""
        if not self._trigrams:
            return text
        left = [sentence for sentence in SENTENCE_END.split(text) if not self._is_ours(sentence)]
        return "\n".join(left) if any(map(str.isalpha, "".join(left))) else text

    def _is_ours(self, sentence: str) -> bool:
        trigrams = _trigrams(sentence)
        return bool(trigrams) and len(trigrams & self._trigrams) >= SHARED * len(trigrams)


def _trigrams(sentence: str) -> set[Trigram]:
    """Return the word trigrams; a sentence of one or two words counts as one, so it needs a whole match."""
    tokens = words(sentence)
    if not tokens:
        return set()
    padded = tokens + [""] * (3 - len(tokens))
    return set(zip(padded, padded[1:], padded[2:], strict=False))
