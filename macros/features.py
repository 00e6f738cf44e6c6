"""Turns a text into what the ranking compares: folded words cut short, word pairs, and pieces of words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise

CUT = 5
"""Letters kept of a word: a stemmer that needs no language."""
MAX_TEXT = 4000
"""Characters read of a message; what a customer wants stands at its beginning."""
MIN_CONTENT = 4

_WORD = re.compile(r"[^\W_]+")
_FUNCTION = """
a an the and or but if of to in on at for from by with as is are was were be been am it its this that these those there
here i me my we our you your he she they them his her their do does did have has had will would can could should may so
just un una uno unos unas el la los las lo y o u e pero si de del al en con por para como es son era soy esta este esto
estos estas eso ese esa que se me mi mis tu tus su sus nos le les te yo ella ellos ya muy mas hay ha he han fue ser
hi hello hey hola please thanks thank gracias favor buenos buenas dias tardes
"""
_FUNCTION_WORDS = frozenset(_FUNCTION.split())


def fold(text: str) -> str:
    """Return the text in lower case and without accents (Unicode NFKD)."""
    return "".join(
        one for one in unicodedata.normalize("NFKD", text[:MAX_TEXT].lower()) if not unicodedata.combining(one)
    )


def words(text: str) -> list[str]:
    """Return the folded words of a text."""
    return _WORD.findall(fold(text))


def stems(found: list[str]) -> list[str]:
    """Return the words cut short; function words are dropped only when enough others remain to go by."""
    content = [word for word in found if word not in _FUNCTION_WORDS]
    return [word[:CUT] for word in (content if len(content) >= MIN_CONTENT else found)]


def pieces(found: list[str]) -> Counter[str]:
    """Return word stems, pairs of them, and in-word pieces of 3 to 5 letters, with how often each occurs."""
    cut = [word[:CUT] for word in found]
    counted = Counter("w" + word for word in cut)
    counted.update(f"b{one} {two}" for one, two in pairwise(cut))
    for word in found:
        edged = f"<{word}>"
        for size in (3, 4, 5):
            counted.update(edged[at : at + size] for at in range(len(edged) - size + 1))
    return counted
