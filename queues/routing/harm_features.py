"""What the model that hears harm sees of a text: words, pairs and pieces of words, and the sets that they are in."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations, pairwise
from zlib import crc32

from queues.ground.folded_text import fold
from queues.routing.word_sets import Phrases, built_in

BUCKETS = 1 << 22
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_PIECES = range(3, 6)


def words_of(text: str) -> list[str]:
    """Return the folded words of a text; letters drawn out ("ayudaaaa") count once."""
    return _DRAWN_OUT.sub(r"\1", fold(text)).split()


def bucket(feature: str) -> int:
    """Return the number of the weights that a feature shares with others of the same hash."""
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS


def of_word(word: str) -> list[int]:
    """Return the features of one word: itself, and its pieces of three to five letters."""
    if word.isdecimal():
        return [bucket(f"w {_number(word)}")]
    padded = f"<{word}>"
    pieces = {padded[at : at + size] for size in _PIECES for at in range(len(padded) - size + 1)}
    return [bucket(f"w {word}"), *(bucket(f"c {piece}") for piece in sorted(pieces) if len(word) > 2)]


def between(words: list[str]) -> list[int]:
    """Return the features that need more than one word: neighbours, and the sets that meet in the text."""
    plain = [_number(word) if word.isdecimal() else word for word in ("^", *words, "$")]
    features = [bucket(f"b {first} {next_one}") for first, next_one in pairwise(plain)]
    features += [bucket(f"s {first} {third}") for first, third in zip(plain, plain[2:], strict=False)]
    names = sets_in(words)
    features += [bucket(f"k {name}") for name in names]
    features += [bucket(f"p {first} {other}") for first, other in combinations(names, 2)]
    return features


def sets_in(words: list[str]) -> list[str]:
    """Return the names of the sets with a phrase in these words, in alphabetical order."""
    phrases = _phrases()
    return sorted({name for place in range(len(words)) for name, _ in phrases.at(words, place)})


@cache
def _phrases() -> Phrases:
    return Phrases((phrase, name) for name, phrases in built_in().items() for phrase in phrases)


def _number(word: str) -> str:
    """Return what a number may be: the age of a child, of a teenager, or anything."""
    value = int(word) if len(word) <= 4 else 0
    return "#child" if 4 <= value <= 12 else "#teen" if 13 <= value <= 17 else "#year" if value > 1900 else "#"
