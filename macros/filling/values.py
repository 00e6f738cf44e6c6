"""Values as a template gets them: text that still knows its date and time, and the names of people."""

from __future__ import annotations

from datetime import date, datetime

from macros.filling.locales import Locale, day

_TITLES = """
mr mrs ms miss mx dr dra prof sr sra srta don doña dña sir madam lic licda ing
"""
_HONORIFICS = frozenset(_TITLES.split())
_WITHIN = """
de del la las los y e i da do dos das van von der den di du
"""
_PARTICLES = frozenset(_WITHIN.split())


class Moment(str):
    """A day, or a day and time, in words; filters write it in other ways."""

    __slots__ = ("at",)
    at: date

    @classmethod
    def of(cls, at: date, locale: Locale) -> Moment:
        """Return the moment, in the long form of the locale."""
        moment = cls(day(at, locale))
        moment.at = at
        return moment

    @property
    def time(self) -> datetime | None:
        """The moment with its time of day; None if only the day is known."""
        return self.at if isinstance(self.at, datetime) else None


def person(name: str) -> str:
    """Return a name in the letters that people write theirs with: `JOSÉ DE LA CRUZ` gives `José de la Cruz`.

    A name that is written in small and capital letters is left as its owner wrote it.
    """
    if not (name.isupper() or name.islower()):
        return name
    words = name.lower().split()
    return " ".join(word if at and word in _PARTICLES else _capital(word) for at, word in enumerate(words))


def first_name(name: str) -> str:
    """Return the word to address someone by: `García López, Ana`, `Dra. Ana García` and `ANA` give `Ana`.

    An address gives none.
    """
    if "@" in name:
        return ""
    given = name.split(",", 1)[1] if name.count(",") == 1 else name
    words = given.split() or name.replace(",", " ").split()
    while len(words) > 1 and words[0].rstrip(".").lower() in _HONORIFICS:
        words = words[1:]
    return person(words[0]) if words else ""


def _capital(word: str) -> str:
    for mark in ("-", "'", "’"):
        if mark in word:
            return mark.join(_capital(part) for part in word.split(mark))
    return word[:1].upper() + word[1:]
