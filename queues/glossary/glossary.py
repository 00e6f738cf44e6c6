"""The glossary: what slang, emoji and terms mean, and which of them a text has.

Built-in entries are in `entries/`; files of the user's own in the same format go before them. A meaning is shown to the
agent who asks for it; nothing is routed, counted or answered by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from data.records.messages import Direction, Message
from queues.ground.folded_text import fold
from queues.ground.rule_files import read

FOLDER = Path(__file__).parent / "entries"
MOST = 20_000
"""Characters of a text that are looked through."""
LONGEST = 5
"""Words of the longest expression."""


class Sort(StrEnum):
    """What an entry is about."""

    ABBREVIATION = "abbreviation"
    EMOJI = "emoji"
    COMMUNITY = "community"
    SAFETY = "safety"
    SLANG = "slang"
    HOUSE = "house"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A word, an expression or an emoji, and its meaning."""

    word: str
    meaning: Mapping[str, str]
    """The meaning by language of the reader: `en`, `es`."""
    sort: Sort
    language: str = ""
    """The language of the texts that use it, ISO 639-1; empty for any."""
    places: tuple[str, ...] = ()
    """Where it is said, as codes of countries (ISO 3166-1); empty for everywhere."""
    also: tuple[str, ...] = ()
    """Other spellings."""
    plain: tuple[str, ...] = ()
    """Languages in which it is an ordinary word, too: in its own it is marked as unsure, in others not looked for."""

    def said(self, language: str) -> str:
        """Return the meaning for a reader of a language, in English where there is none."""
        return self.meaning.get(language) or self.meaning.get("en") or next(iter(self.meaning.values()))

    @property
    def is_unsure(self) -> bool:
        """Return whether it is an ordinary word of its own language, too."""
        return self.language in self.plain if self.language else bool(self.plain)


class _Word(msgspec.Struct, forbid_unknown_fields=True):
    en: str = ""
    es: str = ""
    also: list[str] = []
    places: list[str] = []
    plain: list[Literal["en", "es"]] = []


class _File(msgspec.Struct, forbid_unknown_fields=True):
    sort: Sort
    words: dict[str, _Word]
    language: str = ""
    places: list[str] = []


@dataclass(frozen=True)
class Glossary:
    """Entries, the later ones in place of earlier ones of the same word and language."""

    entries: tuple[Entry, ...]

    def about(self, word: str) -> list[Entry]:
        """Return the entries of a word in any spelling: of every language, place and sort."""
        wanted = _key(word)
        return [entry for entry in self.entries if wanted in map(_key, (entry.word, *entry.also))]

    def near(self, word: str) -> list[str]:
        """Return words of the glossary that look like one that it does not have."""
        known = {_key(spelling): entry.word for entry in self.entries for spelling in (entry.word, *entry.also)}
        return list(dict.fromkeys(known[key] for key in get_close_matches(_key(word), known, 3)))

    def in_text(self, text: str, language: str = "", *, ours: bool = False) -> list[Entry]:
        """Return the entries that a text has, in the order of their first place in it.

        `language` is that of the text, empty where it is not known. Terms of the house are looked for only in texts of
        our own: a customer's "draft" is an ordinary word.
        """
        places: dict[Entry, int] = {}
        for place, key in self._spellings(text[:MOST]):
            for entry in self._by_key.get(key, ()):
                if _fits(entry, language, ours=ours):
                    places[entry] = min(place, places.get(entry, place))
        return sorted(places, key=lambda entry: places[entry])

    def in_messages(self, messages: Iterable[Message]) -> list[Entry]:
        """Return the entries that the messages have, those of the last message first."""
        entries: dict[Entry, None] = {}
        for message in reversed([*messages]):
            ours = message.direction is not Direction.IN
            entries |= dict.fromkeys(self.in_text(message.text, _code(message.language), ours=ours))
        return [*entries]

    def _spellings(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield every word, known expression and sign of a text as a key, with its place."""
        words = [(match.start(), _key(match[0])) for match in _WORD.finditer(text)]
        for number, (place, key) in enumerate(words):
            yield place, key
            if key in self._beginnings:
                following = [key for _, key in words[number : number + LONGEST]]
                yield from ((place, " ".join(following[:length])) for length in range(2, len(following) + 1))
        if self._signs is not None:
            yield from ((match.start(), match[0].replace(_VARIATION, "")) for match in self._signs.finditer(text))

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """First words of expressions of several words."""
        return frozenset(key.partition(" ")[0] for key in self._by_key if " " in key)

    @cached_property
    def _by_key(self) -> dict[str, list[Entry]]:
        keys: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for key in dict.fromkeys(map(_key, (entry.word, *entry.also))):
                keys.setdefault(key, []).append(entry)
        return keys

    @cached_property
    def _signs(self) -> re.Pattern[str] | None:
        """Emoji, wherever they are, and signs such as `</3` between spaces."""
        signs = sorted((key for key in self._by_key if not _is_words(key)), key=len, reverse=True)
        emoji = [f"{_VARIATION}?".join(map(re.escape, key)) for key in signs if not key.isascii()]
        ascii_signs = [re.escape(key) for key in signs if key.isascii()]
        kinds = [*(["|".join(emoji)] if emoji else []),
                 *([rf"(?<!\S)(?:{'|'.join(ascii_signs)})(?![^\s.,!?)])"] if ascii_signs else [])]  # fmt: skip
        return re.compile("|".join(kinds)) if kinds else None


def built_in() -> Glossary:
    """Return the glossary that the program brings."""
    return Glossary(_of_folder(FOLDER))


def standard(own: Path) -> Glossary:
    """Return the built-in glossary with the files of the user's own folder. Raises InputError with file and line."""
    mine = tuple(entry for path in sorted(own.glob("*.toml")) for entry in load_file(path)) if own.is_dir() else ()
    replaced = {(_key(entry.word), entry.language) for entry in mine}
    kept = (entry for entry in _of_folder(FOLDER) if (_key(entry.word), entry.language) not in replaced)
    return Glossary((*mine, *kept))


def load_file(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a file. Raises InputError with its line."""
    file = read(path, _File)
    for word, item in file.content.words.items():
        if not (item.en.strip() or item.es.strip()):
            file.fail(f"{word!r} has no meaning; add en = or es =", key=word)
    return tuple(_entry(file.content, word, item) for word, item in file.content.words.items())


@cache
def _of_folder(folder: Path) -> tuple[Entry, ...]:
    return tuple(entry for path in sorted(folder.glob("*.toml")) for entry in load_file(path))


def _code(language: str) -> str:
    return "" if language == "und" else language


def _entry(file: _File, word: str, item: _Word) -> Entry:
    meaning = {code: text.strip() for code, text in (("en", item.en), ("es", item.es)) if text.strip()}
    places = tuple(item.places or file.places)
    return Entry(word, meaning, file.sort, file.language, places, tuple(item.also), tuple(item.plain))


def _fits(entry: Entry, language: str, *, ours: bool) -> bool:
    if entry.sort is Sort.HOUSE:
        return ours
    if entry.language == "es" and language == "en":
        return False
    return language == entry.language or language not in entry.plain


_WORD = re.compile(r"\w+(?:['’./]\w+)*")
_LONG = re.compile(r"([^\W\d])\1{2,}")
_VARIATION = "\ufe0f"
"""Asks for the coloured form of an emoji; it changes no meaning."""


@lru_cache(maxsize=8_192)
def _key(word: str) -> str:
    """Return a spelling as it is looked for: words without case, accents and lengthened letters; signs as they are."""
    plain = word.strip().replace(_VARIATION, "")
    if not _is_words(plain):
        return plain
    return _LONG.sub(r"\1", fold(plain).strip())


def _is_words(text: str) -> bool:
    return bool(re.fullmatch(r"\w[\w'’./ +-]*", text)) and not all(map(_is_emoji, text))


def _is_emoji(char: str) -> bool:
    return ord(char) >= 0x2190
