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


_STEM = 3
"""Letters by which stems are looked up; one word with a shorter stem would stand for too much, and is left out."""


class Phrases:
    """A dictionary of phrases for finding all of them in a list of words, in time linear in the words.

    The phrases are a tree: what follows a word in any phrase is looked up at once, however many phrases go on there.
    """

    def __init__(self, named: Iterable[tuple[tuple[str, ...], str]]) -> None:
        self._first = _Node()
        for phrase, name in named:
            *before, last = phrase
            node = self._first
            for word in before:
                node = node.after.setdefault(word, _Node())
            if not last.endswith("*"):
                node.after.setdefault(last, _Node()).ends.append(name)
            elif len(last) > _STEM:
                node.stems.setdefault(last[:_STEM], []).append((last[:-1], name))
            elif before:
                node.short.append((last[:-1], name))

    def all_in(self, words: list[str]) -> Iterable[tuple[str, int, int]]:
        """Yield the names of the phrases in the words, in order, where each begins and where the words after it do."""
        after, stems, short = self._first.after, self._first.stems, self._first.short
        for start, word in enumerate(words):
            if short or word in after or word[:_STEM] in stems:  # most words begin no phrase
                for name, length in self.at(words, start):
                    yield name, start, start + length

    def at(self, words: list[str], place: int) -> Iterable[tuple[str, int]]:
        """Yield the names of the phrases that begin at a place, and how many words each takes."""
        node: _Node | None = self._first
        start, end = place, len(words)
        while node is not None and place < end:
            word = words[place]
            place += 1
            for stem, name in (*node.stems.get(word[:_STEM], ()), *node.short):
                if word.startswith(stem):
                    yield name, place - start
            node = node.after.get(word)
            if node is not None:
                for name in node.ends:
                    yield name, place - start


class _Node:
    """The words of some phrases up to here are read."""

    __slots__ = ("after", "ends", "short", "stems")

    def __init__(self) -> None:
        self.after: dict[str, _Node] = {}
        self.ends: list[str] = []
        """The names of the phrases that end here."""
        self.stems: dict[str, list[tuple[str, str]]] = {}
        """By their first letters: the stems with which a last word may begin, each with the name of its phrase."""
        self.short: list[tuple[str, str]] = []
        """The same for stems of fewer letters."""


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
