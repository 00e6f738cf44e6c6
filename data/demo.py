"""The demo's people and their words: hand-written lines under `demo/`, chosen by a seed.

The service, its customers and their shops are invented; addresses are under `.example`, which never resolves
(RFC 2606). The same seed deals the same tickets on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count
from random import Random
from typing import Any

from data.errors import InputError

NAMES_FILE = "names.jsonl"
LANES = ("mail", "app", "safety")
OPENING = 45
"""How many tickets wait when the demo starts, shared evenly between the lanes."""

FIRST = {
    "mail": ("crash", "locked-account", "data-request", "crash", "locked-account"),
    "app": ("payment", "login-code", "copyright", "login-code", "login-code"),
    "safety": ("ban-appeal", "hacked-account", "underage-report", "harassment-report", "hacked-account"),
}
"""What the most urgent tickets of each lane are about, the most urgent first: all ten topics in the first rows."""

SAME = 1
"""The row of each lane that one customer wrote: cannot get in, gets no code, and the account is taken."""

READY = {"mail": 15, "app": 15}
"""How many of a lane's requests have a ready answer, from the youngest: `1` and Enter answer what is still in time."""

_AGES = {"mail": (3.75 * 3600, 4.1 * 3600), "app": (7.75 * 3600, 8.1 * 3600), "safety": (60, 1500)}
"""How long the waiting tickets have waited, least and most: the night's e-mail and app requests are about to breach or
just did, and the first of safety's hour is not half over."""

_OLDER = {"data-request": 20 * 3600, "ban-appeal": 11 * 3600}
"""How much longer those waited whose clock is longer than that of their lane, so that they are as urgent."""

_CALM = 180
"""Seconds from the start before anything grave comes in."""

_MONTH = 30 * 86_400


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What the customer writes after our reply, one text per mood; empty if they would not write that."""

    thanks: str = ""
    more: str = ""
    """Still trouble, or another question."""
    reopen: str = ""
    """It broke again after it had been solved."""


@dataclass(frozen=True, slots=True)
class DemoText:
    """One hand-written message."""

    id: str
    lane: str
    topic: str
    language: str
    """ISO 639-1, `mixed` where a person blends two, `und` where the text has none."""
    subject: str
    text: str
    follow_ups: FollowUps
    plain: bool = False
    """One ready answer settles it; the e-mail and app requests that wait when the demo starts are of this kind."""
    ready: bool = False
    """It is plain, and the first digit holds its answer: what comes first in the demo is of this kind."""
    grave: bool = False
    """Someone may be in danger; such messages come once the agent has looked around."""


@dataclass(frozen=True, slots=True)
class DemoName:
    """An invented person: the name as they write it, and an ASCII handle."""

    name: str
    handle: str
    language: str


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """One message dealt to one person."""

    number: int
    """Counts what this seed dealt, from 1."""
    words: DemoText
    subject: str
    text: str
    name: str
    handle: str
    address: str
    at: int
    """Seconds from the start of the demo; negative for those that wait already."""


def _lines(name: str) -> list[dict[str, Any]]:
    """Read one of our own JSON Lines files. Raises InputError naming the line that cannot be used."""
    rows: list[dict[str, Any]] = []
    text = (files("data") / "demo_texts" / name).read_text(encoding="utf-8")
    for position, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        try:
            rows.append(dict(json.loads(line)))
        except (ValueError, TypeError) as error:
            raise InputError(
                "Damaged demo", f"Line {position} of demo/{name} is not a JSON object; install tridesk again."
            ) from error
    return rows


def _text_of(row: Mapping[str, Any]) -> DemoText:
    fields = dict(row)
    return DemoText(**{**fields, "follow_ups": FollowUps(**fields.get("follow_ups", {}))})


@cache
def texts() -> tuple[DemoText, ...]:
    """Return every hand-written message, in the order of the files' names."""
    names = sorted(entry.name for entry in (files("data") / "demo_texts").iterdir() if entry.name.endswith(".jsonl"))
    return tuple(_text_of(row) for name in names if name != NAMES_FILE for row in _lines(name))


@cache
def names() -> tuple[DemoName, ...]:
    """Return the invented people."""
    return tuple(DemoName(**row) for row in _lines(NAMES_FILE))


@cache
def _people(language: str) -> tuple[DemoName, ...]:
    """Return who may write in a language; texts that blend two or have none may come from English or Spanish people."""
    wanted = {"en", "es"} if language in {"mixed", "und"} else {language}
    return tuple(person for person in names() if person.language in wanted) or names()


class _Dealer:
    """Deals each lane's texts in shuffled rounds, so that none comes twice before all came once."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._decks: dict[str, list[DemoText]] = {lane: [] for lane in LANES}
        self._people: dict[str, list[DemoName]] = {}
        self._met: dict[str, int] = {}
        self._numbers = count(1)

    def deal(self, lane: str, at: int, fits: Callable[[DemoText], bool], person: DemoName | None = None) -> DemoMessage:
        """Deal the next text of the lane's round that fits; the next round is begun where none is left.

        It is from the next person of its language, or from `person`, who writes again.
        """
        deck = self._decks[lane]
        if not any(fits(words) for words in deck):
            fresh = [words for words in texts() if words.lane == lane]
            self.random.shuffle(fresh)
            deck[:0] = fresh
        words = deck.pop(max(place for place, words in enumerate(deck) if fits(words)))
        if person is not None:
            self._met.setdefault(person.handle, 1)
            return _dealt(next(self._numbers), words, person, 1, at)
        person = self.person(words.language)
        again = self._met[person.handle] = self._met.get(person.handle, 0) + 1
        return _dealt(next(self._numbers), words, person, again, at)

    def person(self, language: str) -> DemoName:
        """Return the next person who writes in a language."""
        people = self._people.setdefault(language, [])
        if not people:
            people.extend(_people(language))
            self.random.shuffle(people)
        return people.pop()


def _dealt(number: int, words: DemoText, person: DemoName, again: int, at: int) -> DemoMessage:
    """Give the words to a person; the second of the same name is someone else, with another address."""
    handle = person.handle if again == 1 else f"{person.handle}{again}"
    return DemoMessage(
        number, words, words.subject, words.text, person.name, f"@{handle}", f"{handle}@mail.example", at
    )


def _deal_opening(dealer: _Dealer) -> list[DemoMessage]:
    """Deal the lanes' rows in turn, the most urgent first: what is dealt first is filed first."""
    each = OPENING // len(LANES)
    waiting = []
    person = dealer.person("en")
    for row in range(each):
        for lane in LANES:
            topics = FIRST[lane][row : row + 1]
            same = person if row == SAME else None
            least, most = _AGES[lane]
            age = int(least + (most - least) * (each - 1 - row + dealer.random.random()) / each)
            age += _OLDER.get(topics[0], 0) if topics else 0
            fits = _fitting(lane, topics, "en" if same else "", ready=each - row <= READY.get(lane, 0))
            waiting.append(dealer.deal(lane, -age, fits, same))
    return waiting


def _fitting(lane: str, topics: tuple[str, ...], language: str, *, ready: bool) -> Callable[[DemoText], bool]:
    sort = _calm if lane == "safety" else _ready if ready else _plain

    def fits(words: DemoText) -> bool:
        right = not topics and words.topic not in _OLDER
        return sort(words) and (right or words.topic in topics) and language in ("", words.language)

    return fits


def _plain(words: DemoText) -> bool:
    return words.plain and not words.ready


def _ready(words: DemoText) -> bool:
    return words.ready


def _any(words: DemoText) -> bool:
    return True


def _calm(words: DemoText) -> bool:
    return not words.grave


def opening(seed: int) -> list[DemoMessage]:
    """Return the tickets that wait when the demo starts, the most urgent of each lane first."""
    return _deal_opening(_Dealer(seed))


def arrivals(seed: int) -> Iterator[DemoMessage]:
    """Yield without end what comes in after the start, in order of time; continues the numbers of `opening`."""
    dealer = _Dealer(seed)
    _deal_opening(dealer)
    at = 0
    while True:
        at += 8 + min(120, int(dealer.random.expovariate(1 / 32)))
        yield dealer.deal(dealer.random.choice(LANES), at, _calm if at < _CALM else _any)


@cache
def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def many(amount: int, seed: int) -> Iterator[DemoMessage]:
    """Yield `amount` messages of the past thirty days for a big store, oldest first, no two texts alike.

    Each is a message, the first line of another of its topic and language, and a number; a person writes twice on
    average.
    """
    draw = Random(seed).random
    everything = texts()
    kin: dict[tuple[str, str, str], list[DemoText]] = {}
    for words in everything:
        kin.setdefault((words.lane, words.topic, words.language), []).append(words)
    customers = max(1, amount // 2)
    for number in range(1, amount + 1):
        words = everything[int(draw() * len(everything))]
        group = kin[words.lane, words.topic, words.language]
        other = group[int(draw() * len(group))]
        people = _people(words.language)
        customer = int(draw() * customers)
        person = people[customer % len(people)]
        handle = f"{person.handle}.{customer}"
        yield DemoMessage(
            number,
            words,
            f"{words.subject or other.subject or words.text[:40]} #{number}",
            f"{words.text}\n\n{_first_line(other.text)}\n\n#{number}",
            person.name,
            f"@{handle}",
            f"{handle}@mail.example",
            -_MONTH + _MONTH * number // (amount + 1),
        )
