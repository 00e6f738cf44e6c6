"""Subtract what we ourselves wrote: macros, automatic replies and helpdesk footers that come back inside a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from queues.language.tokens import words

SHARED = 0.6
"""A sentence is ours when this share of its word trigrams is in a known text."""

SENTENCE_END = re.compile(r"(?<=[.!?…:])\s+|\n+")
_SENTENCE = re.compile(rf"({SENTENCE_END.pattern})")
Trigram = tuple[str, str, str]


class KnownTexts:
    """The texts that we send, kept as their word trigrams. Build it once and hand it to every `detect`."""

    def __init__(self, texts: Iterable[str] = (), *, over: KnownTexts | None = None) -> None:
        """Take the texts in; with `over`, next to those known there, which are shared and stay as they are."""
        self._below = over
        self._trigrams: set[Trigram] = set()
        for text in texts:
            for sentence in SENTENCE_END.split(text):
                self._trigrams |= _trigrams(sentence)

    def subtract(self, text: str, kept: Callable[[str], bool] = lambda sentence: False) -> str:
        """Return the text without the sentences that are ours; a text that is ours altogether stays as it is.

        `kept` names sentences that stay in any case, such as the headers by which a quotation is known.
        A sentence of one or two words, such as a greeting, is anyone's: it goes only together with longer ones.
        """
        if self._empty():
            return text
        parts = _SENTENCE.split(text)
        sentences, gaps = parts[::2], [*parts[1::2], ""]
        results = [_trigrams(sentence) for sentence in sentences]
        held_back = [
            self._hold(trigrams) and not kept(sentence) for sentence, trigrams in zip(sentences, results, strict=True)
        ]
        if not any(held and _is_long(trigrams) for held, trigrams in zip(held_back, results, strict=True)):
            return text
        # what stays keeps its line breaks: a header stays one line, and is known by it
        rest: list[str] = []
        for sentence, gap, held in zip(sentences, gaps, held_back, strict=True):
            if not held:
                rest += [sentence, gap]
            elif "\n" in gap and rest:
                rest[-1] = "\n"
        visible = "".join(rest).strip("\n")
        return visible if any(map(str.isalpha, visible)) else text

    def _empty(self) -> bool:
        return not self._trigrams and (self._below is None or self._below._empty())

    def _hold(self, trigrams: set[Trigram]) -> bool:
        return bool(trigrams) and sum(map(self._has, trigrams)) >= SHARED * len(trigrams)

    def _has(self, trigram: Trigram) -> bool:
        return trigram in self._trigrams or (self._below is not None and self._below._has(trigram))


def _is_long(trigrams: set[Trigram]) -> bool:
    return not any("" in trigram for trigram in trigrams)


def _trigrams(sentence: str) -> set[Trigram]:
    """Return the word trigrams; a sentence of one or two words counts as one, so it needs a whole match."""
    tokens = words(sentence)
    if not tokens:
        return set()
    padded = tokens + [""] * (3 - len(tokens))
    return set(zip(padded, padded[1:], padded[2:], strict=False))
