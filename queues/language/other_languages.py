"""Languages outside the model, by langdetect: loaded with the first use, once, seeded, one call at a time."""

from __future__ import annotations

import json
import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_one_at_a_time = threading.Lock()
_NAMES = {"zh-cn": "zh", "zh-tw": "zh"}


def guess(text: str) -> tuple[str, float]:
    """Return langdetect's best language and its probability; `("", 0.0)` if it has no evidence."""
    with _one_at_a_time:
        factory, nothing_found = _factory()
        detector = factory.create()
        detector.seed = 0
        detector.append(text)
        try:
            best = next(iter(detector.get_probabilities()), None)
        except nothing_found:
            return "", 0.0
    return ("", 0.0) if best is None else (_NAMES.get(best.lang, best.lang), float(best.prob))


class Chances:
    """Of each piece of a word, how probable it is in each language.

    langdetect keeps a list of 55 numbers for each piece, nearly all of them 0: 58 MB. Here only the others are kept.
    """

    def __init__(self, profiles: Iterable[tuple[Mapping[str, int], Sequence[int]]], languages: int) -> None:
        """A profile has how often each piece was seen, and how many pieces of one, two and three letters were."""
        self._languages = languages
        pieces, language, chance = array("Q"), array("B"), array("d")
        for number, (seen, totals) in enumerate(profiles):
            known = [piece for piece in seen if 1 <= len(piece) <= len(totals)]
            pieces.extend(map(_number, known))
            language.extend([number] * len(known))
            chance.extend(seen[piece] / totals[len(piece) - 1] for piece in known)
        order = array("I", sorted(range(len(pieces)), key=pieces.__getitem__))
        self._pieces = array("Q", map(pieces.__getitem__, order))
        """The number of the piece for each chance, sorted."""
        self._language = array("B", map(language.__getitem__, order))
        self._chance = array("d", map(chance.__getitem__, order))

    def __contains__(self, piece: str) -> bool:
        number = _number(piece)
        place = bisect_left(self._pieces, number)
        return place < len(self._pieces) and self._pieces[place] == number

    def __getitem__(self, piece: str) -> list[float]:
        chances, number = [0.0] * self._languages, _number(piece)
        place = bisect_left(self._pieces, number)
        while place < len(self._pieces) and self._pieces[place] == number:
            chances[self._language[place]] = self._chance[place]
            place += 1
        return chances


def _number(piece: str) -> int:
    """Return a number for a piece of at most three letters, another one for each."""
    number = 1  # so that a first letter 0 counts too
    for letter in piece:
        number = number << 21 | ord(letter)
    return number


@cache
def _factory() -> tuple[Any, type[Exception]]:
    from langdetect import detector_factory, lang_detect_exception

    detector_factory.DetectorFactory.seed = 0  # it draws at random otherwise and changes its answer from run to run
    factory = detector_factory.DetectorFactory()
    paths = list(Path(detector_factory.PROFILES_DIRECTORY).iterdir())
    factory.word_lang_prob_map = Chances(_profiles(paths, factory.langlist), len(paths))
    return factory, lang_detect_exception.LangDetectException


def _profiles(paths: Iterable[Path], names: list[str]) -> Iterator[tuple[Mapping[str, int], Sequence[int]]]:
    """Read one profile after the other, and put its language's name into the list."""
    for path in paths:
        profile = json.loads(path.read_bytes())
        names.append(profile["name"])
        yield profile["freq"], profile["n_words"]
