"""Scorecards: what a reply is judged by, each criterion with its weight and its scale.

One TOML file per scorecard; a file in one's own folder replaces the built-in scorecard with the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from data.errors import InputError, RuleError
from queues.ground import rule_files
from queues.ground.rule_files import RuleFile

BUILT_IN = Path(__file__).with_name("scorecards")
NOT_APPLICABLE = "n/a"
MOST_CRITERIA = 20
MOST_POINTS = 9
"""Scores are given by digits."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a reply is judged by."""

    id: str
    text: Mapping[str, str]
    """By language."""
    weight: float
    answers: tuple[str, ...]
    """What can be given, the worst first: `0`, `1`, `2`, or `no`, `yes`."""
    na: bool = False
    """It may not apply; then it counts neither for nor against."""
    auto_fail: bool = False
    """The worst answer makes the whole review 0."""

    @property
    def best(self) -> int:
        """The most points."""
        return len(self.answers) - 1

    def words(self, language: str) -> str:
        """Return the text in `language`, else in English, else in the first language it has."""
        return self.text.get(language) or self.text.get("en") or next(iter(self.text.values()))

    def points(self, answer: str) -> int | None:
        """Return the points of an answer (a digit, `yes`, `no`, `n/a`), None for n/a. Raises RuleError for others."""
        given = answer.strip().casefold()
        if given in (NOT_APPLICABLE, "na", "-") and self.na:
            return None
        if given in self.answers:
            return self.answers.index(given)
        if given.isdecimal() and int(given) <= self.best:
            return int(given)
        offered = " or ".join([*self.answers, *([NOT_APPLICABLE] if self.na else [])])
        raise RuleError("Not scored", f"{self.id}: {answer!r} is not a valid score; give {offered}.")

    def shown(self, points: int | None) -> str:
        """Return points as they are given: `2`, `yes`, `n/a`."""
        return NOT_APPLICABLE if points is None else self.answers[min(points, self.best)]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A scorecard, as read from one file."""

    id: str
    version: int
    effective: date
    title: Mapping[str, str]
    criteria: tuple[Criterion, ...]
    lanes: frozenset[str] = frozenset()
    """Where it is taken before others; empty for a card of all lanes."""
    source: str = ""

    @property
    def label(self) -> str:
        """The card and its version, as reviews keep it: `support-reply@1`."""
        return f"{self.id}@{self.version}"

    def words(self, language: str) -> str:
        """Return the title in `language`, else in English, else in the first language it has."""
        return self.title.get(language) or self.title.get("en") or next(iter(self.title.values()), self.id)

    def percent(self, given: Mapping[str, int | None]) -> tuple[float, tuple[str, ...]]:
        """Return the score in percent, and the criteria that failed the whole.

        The weighted mean of points over the best points, of the criteria that apply; 0 if one failed it. Raises
        RuleError for a criterion that is missing or unknown, and where none applies.
        """
        missing = [criterion.id for criterion in self.criteria if criterion.id not in given]
        unknown = sorted(given.keys() - {criterion.id for criterion in self.criteria})
        if missing:
            raise RuleError("Not scored", f"{missing[0]} of {self.label} is not scored yet; score every criterion.")
        if unknown:
            raise RuleError("Not scored", f"{unknown[0]!r} is not a criterion of {self.label}; leave it out.")
        counted = [(criterion, points) for criterion in self.criteria if (points := given[criterion.id]) is not None]
        if not counted:
            raise RuleError("Not scored", f"Nothing of {self.label} applies to this reply; skip it instead.")
        failed = tuple(criterion.id for criterion, points in counted if criterion.auto_fail and points == 0)
        whole = sum(criterion.weight for criterion, _ in counted)
        reached = sum(criterion.weight * points / criterion.best for criterion, points in counted)
        return (0.0 if failed else round(100 * reached / whole, 2)), failed


def packed(card: Scorecard) -> dict[str, Any]:
    """Return a card as plain values, to be kept with the reviews that were given by it."""
    return dict(msgspec.to_builtins(card))


def unpacked(values: Mapping[str, Any]) -> Scorecard:
    """Return the card that `packed` kept."""
    return msgspec.convert(values, Scorecard)


def card_for(lane: str, cards: Mapping[str, Scorecard]) -> Scorecard:
    """Return the first card by id that names the lane, else the first that names none, else the first of all."""
    ordered = [cards[key] for key in sorted(cards)]
    named = [card for card in ordered if lane in card.lanes]
    return (named or [card for card in ordered if not card.lanes] or ordered)[0]


def load(
    folder: Path | None = None, *, fit: Callable[[frozenset[str]], frozenset[str]] = lambda lanes: lanes
) -> dict[str, Scorecard]:
    """Read the built-in cards and those of a folder, by id; the folder's replace them.

    `fit` gives the desk's lanes for those that the built-in cards name. A folder that does not exist is empty. Raises
    InputError with file and line.
    """
    own = {key: replace(card, lanes=fit(card.lanes)) for key, card in built_in().items()}
    return own | (_load_folder(folder) if folder is not None else {})


@cache
def built_in() -> Mapping[str, Scorecard]:
    """Return the cards that come with the desk, by id."""
    return _load_folder(BUILT_IN)


def load_file(path: Path) -> Scorecard:
    """Read one card. Raises InputError with file and line."""
    return _card(rule_files.read(path, _File))


def load_text(text: str, where: str = "scorecard") -> Scorecard:
    """Read one card from TOML text. Raises InputError with the line."""
    return _card(rule_files.read(text, _File, where))


class _Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text: dict[str, str] | str
    weight: float = 1
    scale: str = "0-1-2"
    na: bool = False
    auto_fail: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    version: int
    effective: date
    title: dict[str, str] | str
    lanes: list[str] = []
    criterion: list[_Criterion] = []


def _load_folder(folder: Path) -> dict[str, Scorecard]:
    cards: dict[str, Scorecard] = {}
    for path in sorted(folder.glob("*.toml")):
        card = load_file(path)
        if card.id in cards:
            other = cards[card.id].source
            raise InputError("Duplicate scorecard id", f"{path}: {card.id!r} is the id of {other} too; rename one.")
        cards[card.id] = card
    return cards


def _card(file: RuleFile[_File]) -> Scorecard:
    content = file.content
    if not content.id.strip() or "@" in content.id:
        file.fail("the id is empty or holds @; give the card a short name", key="id")
    if content.version < 1:
        file.fail("versions begin at 1", key="version")
    if not _by_language(content.title):
        file.fail("the title is empty", key="title")
    if not content.criterion:
        file.fail("there is no [[criterion]]; a card has at least one")
    if len(content.criterion) > MOST_CRITERIA:
        file.fail(f"there are more than {MOST_CRITERIA} criteria; join some", "criterion", MOST_CRITERIA)
    seen: set[str] = set()
    criteria = []
    for index, criterion in enumerate(content.criterion):
        criteria.append(_criterion(file, index, criterion, seen))
        seen.add(criterion.id)
    return Scorecard(
        content.id, content.version, content.effective, _by_language(content.title), tuple(criteria),
        frozenset(content.lanes), file.where,
    )  # fmt: skip


def _criterion(file: RuleFile[_File], index: int, criterion: _Criterion, seen: set[str]) -> Criterion:
    def fail(key: str, problem: str) -> NoReturn:
        file.fail(f"criterion {criterion.id!r} {problem}", "criterion", index, key)

    text = _by_language(criterion.text)
    if not criterion.id.strip() or criterion.id in seen:
        fail("id", "has an empty id, or one that an earlier criterion has")
    if not text or not all(words.strip() for words in text.values()):
        fail("text", "has no text, or an empty one in some language")
    if not 0 < criterion.weight <= 100:
        fail("weight", "weighs nothing or more than 100; give a weight above 0")
    answers = _answers(criterion.scale)
    if not answers:
        fail("scale", 'has a scale that is neither "yes-no" nor counts from 0, such as "0-1-2"')
    return Criterion(criterion.id, text, criterion.weight, answers, criterion.na, criterion.auto_fail)


def _answers(scale: str) -> tuple[str, ...]:
    """Return the answers of a scale, the worst first; none for what is not a scale."""
    if scale == "yes-no":
        return ("no", "yes")
    steps = tuple(scale.split("-"))
    counted = tuple(str(number) for number in range(len(steps)))
    return steps if steps == counted and 2 <= len(steps) <= MOST_POINTS + 1 else ()


def _by_language(text: Mapping[str, str] | str) -> dict[str, str]:
    """A plain text is English."""
    return ({"en": text} if text.strip() else {}) if isinstance(text, str) else dict(text)
