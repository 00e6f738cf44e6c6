"""Turns a text into what the ranking compares: folded words cut short, word pairs, meanings, and pieces of words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from itertools import combinations, pairwise

from macros.suggesting.meanings import meanings

CUT = 5
"""Letters kept of a word: a stemmer that needs no language."""
MAX_TEXT = 4000
"""Characters read of a message; the request is at its beginning."""
MIN_CONTENT = 4
WORD_MARK = "w:"
"""How a feature that is a word stem begins."""
MAX_PAIRED = 10
"""Meanings of a message that are looked at two by two."""
WORD, MEANING = 1.5, 2.5
"""The weights of a word and of a meaning; a piece of a word, or a pair of words or meanings, weighs 1."""

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
        char for char in unicodedata.normalize("NFKD", text[:MAX_TEXT].lower()) if not unicodedata.combining(char)
    )


def words(text: str) -> list[str]:
    """Return the folded words of a text."""
    return _WORD.findall(fold(text))


def terms(tokens: list[str]) -> Counter[str]:
    """Return word stems and meanings with how often each occurs; function words only where little else is said."""
    content = [word for word in tokens if word not in _FUNCTION_WORDS]
    counted = Counter(word[:CUT] for word in (content if len(content) >= MIN_CONTENT else tokens))
    counted.update(f"m:{name}" for name in meanings(tokens))
    return counted


def content_words(tokens: list[str]) -> set[str]:
    """Return the word stems of a message without function words; all of them where nothing else is said."""
    return {word[:CUT] for word in tokens if word not in _FUNCTION_WORDS} or {word[:CUT] for word in tokens}


def expressions(tokens: list[str]) -> dict[str, float]:
    """Return stems, pairs of them, meanings and pairs of these, each with its weight."""
    cut = [word[:CUT] for word in tokens]
    weights = {f"{WORD_MARK}{word}": WORD * (1 + math.log(times)) for word, times in Counter(cut).items()}
    for (item, two), times in Counter(pairwise(cut)).items():
        weights[f"p:{item} {two}"] = 1 + math.log(times)
    named = meanings(tokens)
    for name in named:
        weights[f"m:{name}"] = MEANING
    for item, two in combinations(sorted(named[:MAX_PAIRED]), 2):
        weights[f"n:{item} {two}"] = 1.0
    return weights


def spelling(tokens: list[str]) -> dict[str, float]:
    """Return the in-word pieces of 3 to 5 letters, each with its weight: they see through typos and endings."""
    counted: Counter[str] = Counter()
    for word in tokens:
        edged = f"<{word}>"
        for size in (3, 4, 5):
            counted.update(edged[at : at + size] for at in range(len(edged) - size + 1))
    return {piece: 1 + math.log(times) for piece, times in counted.items()}
