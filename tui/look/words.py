"""The language of the interface: the only module that reads message catalogues.

English is the language of the code and needs no catalogue. How to add a language is in CONTRIBUTING.md.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tui.setup.interface_language import DOMAIN, ENGLISH, FOLDER, language

if TYPE_CHECKING:
    from gettext import NullTranslations
    from re import Pattern

    from data.errors import DeskError

SENTENCES = "sentences.txt"
"""Beside the folders of the languages: the sentences that the rooms below the screen write."""
FEWEST_LETTERS = 4
"""A sentence whose fixed text has fewer letters fits nearly anything, so it is left in English."""
_chosen: list[str] = []
"""The language chosen on the screen that is not saved yet, if there is one."""


def words(text: str) -> str:
    """Return `text` (English, as written in the code) in the language of the interface."""
    catalogue = _catalogue() if text else None
    return catalogue.gettext(text) if catalogue is not None else text


def counted(one: str, many: str, n: int) -> str:
    """Return the form for `n` things: `one` or `many` in English, what the other language has instead."""
    catalogue = _catalogue()
    return catalogue.ngettext(one, many, n) if catalogue is not None else one if n == 1 else many


def translated(sentence: str) -> str:
    """Return a complete sentence of the rooms below, which know no language of the interface, in that language.

    Such sentences (errors, findings, reasons) arrive with their values filled in: the pattern that fits the
    sentence is looked up, and the values go into its translation. What fits no pattern stays in English.
    """
    catalogue = _catalogue()
    if catalogue is None or not sentence:
        return sentence
    whole = catalogue.gettext(sentence)
    if whole != sentence:
        return whole
    if (placed := _PLACED.fullmatch(sentence)) is not None:
        said = words("{path}, line {line}, column {column}: {problem}")
        return said.format(**placed.groupdict() | {"problem": translated(placed["problem"])})
    for template, longest in _templates():
        if longest in sentence and (match := _pattern(template).fullmatch(sentence)):
            said = catalogue.gettext(template)
            values = match.groupdict()
            if "hint" in values:  # a sentence of its own at the end of another
                values["hint"] = translated(values["hint"])
            return said.format(**values) if said != template else sentence
    about, colon, rest = sentence.partition(": ")  # `#12: Amount: 'x' is not a number; …`
    return f"{about}{colon}{translated(rest)}" if colon else sentence


def as_sentence(error: DeskError) -> str:
    """Return an error in the language of the interface, as it is shown: its title and its message."""
    return f"{translated(error.title)}: {translated(error.message)}"


def piecewise(text: str) -> str:
    """Translate a line of parts, `#12: replied, status solved`: each part for itself."""
    if _catalogue() is None:
        return text
    return "".join(translated(part) for part in re.split(r"(: |, )", text))


_PLACED = re.compile(r"(?P<path>[^:]+?), line (?P<line>\d+), column (?P<column>\d+): (?P<problem>.+)", re.DOTALL)
"""A problem at a place of a file: the place and the problem are translated each for itself."""


@cache
def spoken() -> str:
    """Return the code of the language of the interface."""
    return _chosen[-1] if _chosen else language()


def speak(code: str) -> None:
    """Speak a language from the next text on; empty for that of the settings."""
    _chosen[:] = [code] if code else []
    forget()


def forget() -> None:
    """Choose the language anew at the next text."""
    spoken.cache_clear()
    _catalogue.cache_clear()


@cache
def _catalogue() -> NullTranslations | None:
    """Open the catalogue of the language; None for English. A catalogue that cannot be read leaves English."""
    code = spoken()
    if code == ENGLISH:
        return None
    import gettext

    return gettext.translation(DOMAIN, localedir=FOLDER, languages=[code], fallback=True)


@cache
def _templates() -> list[tuple[str, str]]:
    """Return the patterns of sentences, those with the most fixed text first, each with its longest fixed part."""
    results = []
    for template in (FOLDER / SENTENCES).read_text(encoding="utf-8").splitlines():
        fixed = [text for text, _ in parts(template)]
        if sum(map(str.isalpha, "".join(fixed))) >= FEWEST_LETTERS:
            results.append((sum(map(len, fixed)), template, max(fixed, key=len)))
    return [(template, longest) for _, template, longest in sorted(results, reverse=True)]


@cache
def _pattern(template: str) -> Pattern[str]:
    places = (re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name in parts(template))
    return re.compile("".join(places), re.DOTALL)


def parts(template: str) -> list[tuple[str, str]]:
    """Return the fixed texts of a template, each with the name of the value after it."""
    from string import Formatter

    return [(text, name or "") for text, name, _, _ in Formatter().parse(template)]
