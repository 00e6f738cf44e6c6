"""Sets of words that mean the same, by name: rules name them as `<child>`, the model that hears harm sees them too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

from queues.ground import rule_files
from queues.ground.folded_text import fold

Sets = Mapping[str, tuple[tuple[str, ...], ...]]
"""By name: phrases as folded words; a last word may end in `*`."""


class Phrases:
    """A dictionary of phrases for finding all of them in a list of words, in time linear in the words."""

    def __init__(self, named: Iterable[tuple[tuple[str, ...], str]]) -> None:
        self._exact: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        for phrase, name in named:
            first = phrase[0]
            if first.endswith("*"):
                self._stems.setdefault(first[:3], []).append((first[:-1], name))
            else:
                self._exact.setdefault(first, []).append((phrase[1:], name))

    def at(self, words: list[str], place: int) -> Iterable[tuple[str, int]]:
        """Yield the names of the phrases that begin at a place, and how many words each takes."""
        word = words[place]
        for rest, name in self._exact.get(word, ()):
            if not rest or _continues(words, place + 1, rest):
                yield name, 1 + len(rest)
        for stem, name in self._stems.get(word[:3], ()):
            if word.startswith(stem):
                yield name, 1


def _continues(words: list[str], place: int, rest: tuple[str, ...]) -> bool:
    if place + len(rest) > len(words):
        return False
    return all(
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
        for wanted, word in zip(rest, words[place:], strict=False)
    )


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sets: dict[str, list[str]] = {}


def phrase_of(text: str) -> tuple[str, ...]:
    """Return a phrase as folded words, the `*` at its end kept."""
    words = fold(text).split()
    return (*words[:-1], words[-1] + "*") if words and text.rstrip().endswith("*") else tuple(words)


@cache
def built_in() -> Sets:
    """Return the sets that come with the desk."""
    file = rule_files.read(Path(__file__).with_name("word_sets.toml"), _File, "")
    return {name: tuple(dict.fromkeys(map(phrase_of, phrases))) for name, phrases in file.content.sets.items()}


def merged(sets: Sets, own: Mapping[str, list[str]]) -> Sets:
    """Return the sets with the phrases that a file adds to them, or new sets of its own."""
    added = {name: tuple(phrase for phrase in map(phrase_of, phrases) if phrase) for name, phrases in own.items()}
    return {**sets, **{name: (*sets.get(name, ()), *phrases) for name, phrases in added.items()}}
