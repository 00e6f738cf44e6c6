"""Greetings and closings that are part of a text, for macros that bring them by no snippet."""

from __future__ import annotations

import re

_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hola|buen[oa]s(?: d[íi]as| tardes| noches)?|buen d[íi]a"
    r"|estimad[oa]s?|querid[oa]s?|apreciad[oa]s?)\b[^\n]{0,60}[,:!.]?",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:kind|best|warm) (?:regards|wishes)|regards|best|sincerely|yours|cheers|thanks|thank you|many thanks|saludos"
    r"|un (?:cordial )?saludo|un abrazo|atentamente|cordialmente|gracias|muchas gracias)\b[^\n.?]{0,40}[,.!]?"
    r"(?:\n[^\n]{0,60}){0,4}",
    re.IGNORECASE,
)


def without_greeting(text: str) -> str:
    """Return the text without a first line that only greets; a text of nothing else stays."""
    first, _, rest = text.partition("\n")
    return rest.strip("\n") if rest.strip() and _GREETING.fullmatch(first.strip()) else text


def without_closing(text: str) -> str:
    """Return the text without a last paragraph that only closes; a text of nothing else stays."""
    before, _, last = text.rpartition("\n\n")
    return before.rstrip() if before.strip() and _CLOSING.fullmatch(last.strip()) else text
