"""Recognises keyboard mash: random letters in no language."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEAST_RUN = 4
"""Neighbouring keys in a row: three are in many words (`were`, `Afghan`), four in hardly any."""
_RUNS = frozenset(
    row[start : start + _LEAST_RUN]
    for item in _ROWS
    for row in (item, item[::-1])
    for start in range(len(row) - _LEAST_RUN + 1)
) - {"wert", "ytre"}  # German and Norwegian words
_VOWELS = re.compile(r"[aeiouyáéíóúàèìòùâêîôûäëïöüãõåæøœı]")
_LATIN = re.compile(r"[a-zß-öø-ÿıłşğçñ]+")
_LEAST_SILENT = 6
"""Latin letters without a vowel from which on a token is not a word; shorter ones are abbreviations."""


def is_mash(token: str) -> bool:
    """Return whether a token, in lower case, was typed by a hand that fell on the keys."""
    if not _LATIN.fullmatch(token):
        return False
    if len(token) >= _LEAST_SILENT and not _VOWELS.search(token):
        return True
    runs = [place for place in range(len(token) - _LEAST_RUN + 1) if token[place : place + _LEAST_RUN] in _RUNS]
    # the runs have to be most of it: `propertyuse` holds `rtyu` by accident
    covered = {place + step for place in runs for step in range(_LEAST_RUN)}
    return len(covered) * 3 >= len(token) * 2


def only_mash(tokens: Sequence[str]) -> bool:
    """Return whether there is nothing but keyboard mash."""
    return all(is_mash(token) for token in tokens)
