"""Does the reply answer every question? Counted since our last reply: `2 of 3 answered`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.records.changes import Finding
from macros.checks.folding import folded

_ASKED = re.compile(r"[^.?!\n¿]{3,300}\?")
_ALSO_ASKED = re.compile(
    r"(?:^|(?<=[.!?\n]))[ \t]*(?:(?:and|also|y|tambi[ée]n|además),? )*"
    r"((?:how (?:do|can|long|much|many|come)|when (?:will|do|does|is|can)|where (?:is|do|can)"
    r"|why (?:is|does|did|was|do)|what (?:is|are|do|does|happens)|can (?:you|i)|could (?:you|i)"
    r"|c[óo]mo (?:puedo|hago|se)|cu[áa]ndo|d[óo]nde (?:est|puedo)|por qu[ée] |cu[áa]nto)"
    r"[^.?!\n]{3,200})(?=[.!\n]|$)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{3,}")
_EMPTY_WORDS = """
the and you your are was were will can could would should have has had does did when where what which who why how
much many long there this that these those with from for into about please know tell want need get got going
still any some also just now then not but they them their our ours his her its been being more
que como cuando donde cual cuales quien cuanto cuanta cuantos por para con sin los las una unos del esta este esto
estos estas eso esa ese hay hace hacer puede puedo pueden podria puedes quiero necesito saber tengo tiene tienen
favor gracias muy mas pero porque todo toda todos todas algo alguna algun sobre desde hasta ser estar son fue han
has voy vais van sus mis tus nos les aun ahora tambien
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_TIME = re.compile(r"\bwhen\b|\bhow long\b|\bcuando\b|\bcuanto (?:tiempo|tard)")
_TELLS_TIME = re.compile(
    r"\d|\btoday\b|\btomorrow\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bhours?\b|\bdays?\b|\bweeks?\b"
    r"|\bhoy\b|\bmanana\b|\blunes\b|\bmartes\b|\bmiercoles\b|\bjueves\b|\bviernes\b|\bhoras?\b|\bdias?\b|\bsemanas?\b"
)
_AMOUNT = re.compile(r"\bhow (?:much|many)\b|\bcuant[oa]s? (?:cuesta|vale|es|dinero|debo)|\bprice\b|\bprecio\b")
_STEM = 5
_SHOWN = 3
_MOST_LETTERS = 20_000
"""Text beyond this length is not searched for questions: it was pasted."""


def unanswered(text: str, incoming: Sequence[str]) -> list[Finding]:
    """If the customer asked two or more questions, find those that share no word with the reply."""
    questions = questions_in(incoming)
    said, plain = _stems(text), folded(text)
    remaining = [question for question in questions if not _is_answered(question, said, plain)]
    if len(questions) < 2 or not remaining:
        return []
    shown = " · ".join(item[:80] for item in remaining[:_SHOWN])
    answered = len(questions) - len(remaining)
    return [Finding("unanswered", f"{answered} of {len(questions)} answered; left: {shown}")]


def questions_in(texts: Sequence[str]) -> list[str]:
    """Return the questions of some messages in order, with their mark or without, each once."""
    results: dict[str, None] = {}
    for text in (item[:_MOST_LETTERS] for item in texts):
        places = [(match.start(), match[0].strip()) for match in _ASKED.finditer(text)]
        places += [(match.start(1), match[1].strip()) for match in _ALSO_ASKED.finditer(text)]
        results.update((question, None) for _, question in sorted(places))
    return list(results)


def _is_answered(question: str, said: set[str], plain: str) -> bool:
    asked, wanted = folded(question), _stems(question)
    if not wanted or wanted & said:
        return True
    if _TIME.search(asked) and _TELLS_TIME.search(plain):
        return True
    return bool(_AMOUNT.search(asked)) and any(char.isdigit() for char in plain)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(folded(text)) if word not in _EMPTY}
