"""Words that judge, in English and Spanish: `excelente servicio`, `muy mal`, `great, thanks`."""

from __future__ import annotations

import re

from queues.ground.folded_text import fold
from queues.quotes.only_thanks import is_harmless

_JUDGING = {
    5: """excellent excelente excelentes perfect perfecto perfecta great awesome amazing fantastic fantastico fantastica
        brilliant outstanding superb wonderful genial estupendo estupenda maravilloso maravillosa increible magnifico
        magnifica inmejorable fenomenal""",
    4: "good bien bueno buena satisfied satisfecho satisfecha contento contenta happy",
    3: "average regular mediocre meh",
    2: """bad mal malo mala poor dissatisfied unsatisfied insatisfecho insatisfecha disappointing decepcionante slow
        lento lenta""",
    1: "terrible awful horrible pesimo pesima worst fatal useless inutil nefasto nefasta appalling dreadful vergonzoso",
}  # fmt: skip
_VALUES = {word: value for value, listed in _JUDGING.items() for word in listed.split()}
_SURELY = frozenset({"very", "muy", "really", "super", "extremely", "realmente", "totally"})
"""They take `good` to 5 and `bad` to 1."""
_SPEAKING_OF_US = """
    the a an your you all was is it i am el la los las su sus tu tus un una fue es ha sido estuvo estoy quede service
    servicio support soporte attention atencion experience experiencia help ayuda team equipo agent agente work trabajo
    trato from with con de del lo la por and y everything todo customer al cliente quick fast rapido rapida friendly
    amable me response respuesta care asistencia bastante quite pretty so tan hola hi hello hey
"""
_OF_US = frozenset(_SPEAKING_OF_US.split())
_TAKING_BACK = """
    but however although though still yet not never no nada nunca pero sin embargo aunque todavia aun sigue sigo ni
    don doesn didn isn wasn can cannot couldn won
"""
_TURNS = frozenset(_TAKING_BACK.split())
"""After praise they take it back: then nothing is sure."""
_OF_SOMETHING_ELSE = frozenset({"day", "dia", "my", "mi", "tengas", "tengan"})
"""A horrible day, or a nice day wished to us, does not judge our work."""
_CONTENT = frozenset({"satisfied", "happy", "dissatisfied", "unsatisfied"})
"""What someone can be because of us: `I am happy`; who says `I am good` wants nothing."""
_MOST_WORDS = 12
_SENTENCE = re.compile(r"[.!;\n]+")
_WISHES = re.compile(
    r"\b(?:good (?:day|morning|afternoon|evening|night|weekend|week|luck)"
    r"|buen(?:[oa]s?)? (?:d[ií]as?|tardes?|noches?|fin|semana|suerte))\b",
    re.IGNORECASE,
)


def verdict(text: str) -> tuple[int, str] | None:
    """Return what the first sentence judges, from 1 to 5, and the rest; None if it is not a judgement alone.

    Sentences of mere thanks or greeting before it are passed over. A question is never one.
    """
    if "?" in text or "¿" in text:
        return None
    sentences = [part for part in _SENTENCE.split(_WISHES.sub(" ", text)) if part.strip()]
    for place, sentence in enumerate(sentences):
        words = fold(sentence).split()
        results = {_VALUES[word] for word in words if word in _VALUES}
        if not results and is_harmless(words) and place < 2:
            continue
        rest = " ".join(sentences[place + 1 :])
        return _judged(words, results, rest) if results and len(words) <= _MOST_WORDS else None
    return None


def is_friendly(text: str, name: str = "") -> bool:
    """Return whether words ask for nothing and blame no one: thanks, praise, or the customer's own `name`."""
    if "?" in text or "¿" in text:
        return False
    known = frozenset(fold(name).split())
    words = [word for word in fold(text).split() if word not in known]
    return _is_judgement(words) and all(_VALUES.get(word, 5) > 3 for word in words)


def _judged(words: list[str], results: set[int], rest: str) -> tuple[int, str] | None:
    if len({(value > 3) - (value < 3) for value in results}) > 1 or not _is_judgement(words):
        return None
    if not _OF_SOMETHING_ELSE.isdisjoint(words) or ("am" in words and _CONTENT.isdisjoint(words)):
        return None
    value = max(results) if min(results) > 3 else min(results)
    if not _SURELY.isdisjoint(words):
        value = {4: 5, 2: 1}.get(value, value)
    following = fold(rest).split()
    if value > 2 and (not _TURNS.isdisjoint(following) or any(_VALUES.get(word, 5) < 3 for word in following)):
        return None
    return value, rest.strip()


def _is_judgement(words: list[str]) -> bool:
    """Return whether every word judges, speaks of us, or is a friendly one."""
    return all(word in _VALUES or word in _SURELY or word in _OF_US or is_harmless([word]) for word in words)
