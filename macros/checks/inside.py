"""Words that were meant for colleagues: marks such as `internal note`, and what this ticket's notes say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data.records.changes import Finding
from data.records.messages import Direction, Message
from macros.checks.folding import words_of
from macros.checks.wording import INTERNAL

RUN = 6
"""This many consecutive words that occur in a note count as copied from it."""
_SAID_IN_MARKS = ("intern", "share", "forward", "compartir", "reenviar", "staff")
_MOST_LETTERS = 200_000
"""Of the newest notes so much is looked at."""


def marked(text: str) -> list[Finding]:
    """Find marks that say a text is not for customers."""
    lower = text.lower()
    if not any(word in lower for word in _SAID_IN_MARKS):  # so in nearly every reply
        return []
    message = "This marks text as internal; a customer must not read it."
    return [Finding("internal", message, *match.span(), blocking=True) for match in INTERNAL.finditer(text)]


def from_notes(text: str, conversation: Sequence[Message]) -> list[Finding]:
    """Find runs of words that occur in a note of this ticket and in nothing that the customer has seen."""
    words = words_of(text)
    runs = {" ".join(word[0] for word in words[place : place + RUN]): place for place in range(len(words) - RUN + 1)}
    noted = _plain(earlier.new_text for earlier in conversation if earlier.direction is Direction.NOTE) if runs else ""
    inside = [run for run in runs if f" {run} " in noted] if noted else []
    if inside:
        seen = _plain(earlier.new_text for earlier in conversation if earlier.direction is not Direction.NOTE)
        inside = [run for run in inside if f" {run} " not in seen]
    findings: list[Finding] = []
    for place in sorted(runs[run] for run in inside):
        start, end = words[place][1], words[place + RUN - 1][2]
        if findings and start <= findings[-1].end:
            start = findings.pop().start
        message = "These words are from an internal note of this ticket."
        findings.append(Finding("internal", message, start, end, blocking=True))
    return findings


def _plain(texts: Iterable[str]) -> str:
    """Return texts as folded words with one space between, in the order given, the newest kept where they are long."""
    joined = "\n".join(texts)[-_MOST_LETTERS:]
    return f" {' '.join(item[0] for item in words_of(joined))} " if joined else ""
