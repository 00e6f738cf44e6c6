"""Which macros answer this message, by three views of what was answered before: nearest tickets, closeness, rivals.

Standard library only and all in memory; what it knows is rebuilt from the store, so there is no model file to go stale.
Each view gives a distribution over the macros; their logarithms are added.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from macros.filling.macro import Macro
from macros.suggesting.calibration import NEW_DESK, Confidence, Held, adjusted, plain
from macros.suggesting.closeness import Closeness, ClosenessState
from macros.suggesting.features import expressions, spelling, terms, words
from macros.suggesting.measures import Evidence, Views, Wording, margins
from macros.suggesting.nearest import Nearest, NearestState
from macros.suggesting.rivals import Rivals, RivalsState
from macros.suggesting.semantic import Sense

NEIGHBOURS = 30
MAX_BECAUSE = 120
"""Characters of a ticket's text given as the reason."""
WEAK = 0.12
"""A message less close than this to a macro's words is about something else."""
WEAK_SENSE = 0.5
"""The same by meaning."""
LIKE = 0.35
"""A ticket counts as like this one when it is at least so near as this share of the nearest one's nearness."""
LOOKS = 4
"""How often the rivals look at each answer while there are few."""
MAX_LOOKS = 6_000
"""Looks in all; a big history is looked at once, for there the other views know enough."""
ELSEWHERE = ""
"""Stands for every answer that is not a macro: messages known to be about something else are kept under it."""
WEIGHED = 8
"""Macros whose evidence is weighed for a message; those after them are out of question."""
UNLIKELY = -10.0
"""The log odds of these."""
LOOKED_THROUGH = 5
"""Nearest texts whose words are compared one by one."""
HELD_OUT = 120
"""Answers that are ranked again without being known, to see how often the first macro is right."""
_ELIF = re.compile(r"\{% elif\b[^%]*%\}.*?(?=\{% (?:elif|else|endif)\b)", re.S)
_ANY = ""
"""Uses in all languages are counted under this one."""
_VOTE = 0.5
"""What the nearest tickets count for, against 1 for each of the other views."""
_SENSE = 2.0
"""What meaning counts for, where it is known."""
_SHARPNESS = 20.0
"""Turns cosines into log odds."""
_SAME = 6
"""Decimals in which scores are compared: macros whose scores differ less are ordered by use."""
MIN_TEXTS = 2
"""A macro with fewer texts is not known without one of them."""
_FLOOR_ODDS = 1e-6
_FLOOR_VOTE, _FLOOR, _FLOOR_SENSE = 1e-2, 1e-4, 1e-3
"""The probability that a view leaves for a macro that it does not affect."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A macro that may answer, best first in a list."""

    macro: str
    score: float
    """Between 0 and 1; those of all admitted macros add up to 1."""
    closeness: float
    """Cosine to the macro's own words, 0 to 1: low for every macro when the message is about something else."""
    because: str
    """The nearest answered ticket that speaks for it, its subject or else its words; empty if none does."""
    alike: int = 0
    """How many of the answered tickets like this one were answered with it."""
    of: int = 0
    """How many answered tickets are like this one."""
    sense: float = 0.0
    """Cosine to the nearest answered text by meaning; 0 without the extra that knows meanings."""
    fits: float = UNLIKELY
    """Log odds that it is the right answer, by the words alone: none may be."""

    @property
    def weak(self) -> bool:
        """There is no evidence for it: the message is about something else."""
        return not self.alike and self.closeness < WEAK and self.sense < WEAK_SENSE


@dataclass(frozen=True, slots=True)
class _Learned:
    macro: str
    text: str
    title: bool
    """It was known before any ticket was answered."""
    subject: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Ranking:
    odds: Mapping[str, float]
    evidence: Sequence[tuple[str, Evidence]]
    """Of the first macros, best first."""
    closeness: Mapping[str, float]
    alike: Counter[str]
    because: Mapping[str, str]
    near: Mapping[str, float]


class Taught(msgspec.Struct, array_like=True):
    """All that a suggester without a sense of meaning holds before any ticket was answered, as a file can keep it."""

    learned: dict[int, _Learned]
    next: int
    macros: dict[str, int]
    confidence: Confidence
    nearest: NearestState
    closeness: ClosenessState
    rivals: RivalsState


class Suggester:
    """Learns which macro answered which message, and ranks macros for a new one. One thread at a time."""

    def __init__(self, sense: Sense | None = None) -> None:
        self._sense = sense
        self._learned: dict[int, _Learned] = {}
        self._next = 0
        self._nearest, self._closeness, self._rivals = Nearest(), Closeness(), Rivals()
        self._macros: Counter[str] = Counter()
        self._uses: Counter[tuple[str, str]] = Counter()
        self._prior = self._confidence = Confidence()

    def __len__(self) -> int:
        return len(self._learned)

    @classmethod
    def of(cls, taught: Taught) -> Suggester:
        """Return a suggester that holds this."""
        suggester = cls()
        suggester._learned, suggester._next = taught.learned, taught.next
        suggester._macros = Counter(taught.macros)
        suggester._prior = suggester._confidence = taught.confidence
        suggester._nearest.state = taught.nearest
        suggester._closeness.state = taught.closeness
        suggester._rivals.state = taught.rivals
        return suggester

    def taught(self) -> Taught:
        """Return what it holds; before any ticket was answered, and without a sense of meaning."""
        return Taught(
            self._learned,
            self._next,
            self._macros,
            self._prior,
            self._nearest.state,
            self._closeness.state,
            self._rivals.state,
        )

    @property
    def macros(self) -> tuple[str, ...]:
        """The names of all macros that it knows."""
        return tuple(macro for macro in self._macros if macro != ELSEWHERE)

    def know(self, macros: Iterable[Macro]) -> None:
        """Learn the macros' own titles and texts, so that there are suggestions before any ticket is answered."""
        for macro in macros:
            for _, title in macro.title.by_language:
                self._add(macro.name, title, title=True)
            for body in macro.bodies:
                self._add(macro.name, _plain(body.text), title=True)

    def know_name(self, macro: str) -> None:
        """Take in a macro of which only the name is known."""
        self._add(macro, re.sub(r"[\W_]+", " ", macro), title=True)

    def know_message(self, text: str, macro: str) -> None:
        """Take in a message as customers write it for a macro, or for none (`ELSEWHERE`), before one has come."""
        self._add(macro, text, title=True)
        self._prior = self._confidence = NEW_DESK

    def closest(self, text: str) -> float:
        """Return how close a text is to the words of the closest macro, 0 to 1."""
        tokens = words(text)
        cosines = self._closeness.cosines({**expressions(tokens), **spelling(tokens)})
        return max((cosine for macro, cosine in cosines.items() if macro != ELSEWHERE), default=0.0)

    def learn(self, text: str, macro: str, *, language: str = "", subject: str = "") -> None:
        """Remember that `macro` answered a message of this text (its new part, without quotes and signature)."""
        self._add(macro, text, title=False, subject=subject, language=language)
        self._uses.update({(macro, language), (macro, _ANY)})

    def settle(self, most: int = LOOKS) -> None:
        """Look at what was learned again, once after many answers were taken in at once."""
        self.ready()
        looks = min(most, MAX_LOOKS // max(1, len(self._learned)))
        if looks:
            said = {key: _unit(expressions(words(known.text))) for key, known in self._learned.items()}
            for _ in range(looks):
                for key, known in self._learned.items():
                    self._rivals.look_again(key, known.macro, said[key])
        self._confidence = adjusted(self._held_out(), self._prior)

    def ready(self) -> None:
        """Do the work postponed while answers were learned, so that no suggestion has to wait for it."""
        if self._sense is not None:
            self._sense.catch_up()

    def unlearn(self, text: str, macro: str) -> bool:
        """Forget one such answer, as when it was undone or the customer erased; return whether it was known."""
        for key in reversed(self._learned):
            known = self._learned[key]
            if known.macro == macro and known.text == text and not known.title:
                self._remove(key, known)
                self._uses.subtract({(macro, known.language), (macro, _ANY)})
                self._uses += Counter()  # drops what is no longer used
                return True
        return False

    def suggest(
        self,
        text: str,
        top: int = 3,
        among: Container[str] | None = None,
        *,
        language: str = "",
        lean: Mapping[str, float] | None = None,
    ) -> list[Suggestion]:
        """Return the `top` macros for a message, best first; with nothing to go by, the most used in its language.

        `among` admits only these macros, such as those with a body in the ticket's language. `lean` says what else
        speaks for a macro, or against it, in log odds.
        """
        admitted = [macro for macro in self._macros if macro != ELSEWHERE and (among is None or macro in among)]
        ranking = self._ranking(text, admitted, lean or {})
        fits = {macro: self._confidence.log_odds(said, meaning=self._meaning) for macro, said in ranking.evidence}

        most = max((ranking.odds[macro] for macro in admitted), default=0.0) or 1.0

        def place(macro: str) -> tuple[float, int, int, str]:
            return (
                -round(ranking.odds[macro] / most, _SAME),
                -self._uses[macro, language],
                -self._uses[macro, _ANY],
                macro,
            )

        return [
            Suggestion(
                macro,
                ranking.odds[macro],
                ranking.closeness.get(macro, 0.0),
                ranking.because.get(macro, ""),
                ranking.alike[macro],
                ranking.alike.total(),
                ranking.near.get(macro, 0.0),
                fits.get(macro, UNLIKELY),
            )
            for macro in sorted(admitted, key=place)[:top]
        ]

    @property
    def _meaning(self) -> bool:
        return self._sense is not None

    def _ranking(self, text: str, admitted: Sequence[str], lean: Mapping[str, float]) -> _Ranking:
        tokens = words(text)
        said = expressions(tokens)
        rivalling = [*admitted, *([ELSEWHERE] if ELSEWHERE in self._macros else [])]
        votes, alike, because, nearest = self._votes(terms(tokens), frozenset(rivalling))
        closeness = self._closeness.cosines({**said, **spelling(tokens)})
        total = sum(votes.values()) or 1.0
        weights = self._rivals.scores(_unit(said))
        close = _softmax({macro: _SHARPNESS * closeness.get(macro, 0.0) for macro in rivalling})
        rivals = _softmax({macro: weights.get(macro, 0.0) for macro in rivalling})
        shares, near = self._sense.look(text) if self._sense is not None else ({}, {})
        scores = {
            macro: _VOTE * math.log(votes.get(macro, 0.0) / total + _FLOOR_VOTE)
            + (_SENSE * math.log(shares.get(macro, 0.0) + _FLOOR_SENSE) if self._meaning else 0.0)
            + math.log(close[macro] + _FLOOR)
            + math.log(rivals[macro] + _FLOOR)
            for macro in rivalling
        }
        odds = _softmax({macro: score + lean.get(macro, 0.0) for macro, score in scores.items()})
        views = Views(_softmax(scores), close, rivals, votes)
        weighed = sorted(admitted, key=lambda macro: -odds[macro])[:WEIGHED]
        evidence = self._evidence(tokens, weighed, views, closeness, nearest, (shares, near))
        return _Ranking(odds, evidence, closeness, alike, because, near)

    def _evidence(
        self,
        tokens: list[str],
        weighed: Sequence[str],
        views: Views,
        closeness: Mapping[str, float],
        nearest: Sequence[tuple[int, float]],
        meaning: tuple[Mapping[str, float], Mapping[str, float]],
    ) -> list[tuple[str, Evidence]]:
        wording = Wording(tokens, self._closeness.holders, self._closeness.rarity)
        margin = margins(views.odds)
        nearness = nearest[0][1] / (self._nearest.ideal(terms(tokens)) or 1.0) if nearest else 0.0
        overlaps: dict[str, float] = {}
        for key, _ in nearest[:LOOKED_THROUGH]:
            known = self._learned[key]
            share = wording.overlap(terms(words(known.text)))
            overlaps[known.macro] = max(share, overlaps.get(known.macro, 0.0))
        firsts = Counter(max(view, key=view.__getitem__) for view in (views.close, views.rivals, views.votes) if view)
        return [
            (
                macro,
                Evidence(
                    closeness.get(macro, 0.0),
                    math.log(views.odds[macro] + _FLOOR_ODDS),
                    margin[macro],
                    nearness,
                    wording.known,
                    wording.shared(macro),
                    overlaps.get(macro, 0.0),
                    views.rivals[macro],
                    views.close[macro],
                    firsts[macro],
                    wording.length,
                    meaning[1].get(macro, 0.0),
                    meaning[0].get(macro, 0.0),
                ),
            )
            for macro in weighed
        ]

    def _held_out(self) -> list[Held]:
        """Rank some answers without knowing them, then without their macro: how sure may a first macro be?"""
        answers = [key for key, known in self._learned.items() if not known.title]
        sample = answers[:: max(1, -(-len(answers) // HELD_OUT))]
        return [held for key in sample for held in self._rank_unknown(key)]

    def _rank_unknown(self, key: int) -> list[Held]:
        known, share = self._learned[key], self._rivals.share(key)
        if self._macros[known.macro] < MIN_TEXTS:
            return []
        self._remove(key, known)
        suggestions = []
        for hidden in (ELSEWHERE, known.macro):
            admitted = [macro for macro in self._macros if macro not in (ELSEWHERE, hidden)]
            ranking = self._ranking(known.text, admitted, {})
            for macro, evidence in ranking.evidence[:1]:
                suggestions.append(Held(plain(evidence, meaning=self._meaning), macro == known.macro))
        self._insert(key, known)
        self._rivals.replace(key, share, _unit(expressions(words(known.text))))
        return suggestions

    def _votes(
        self, asked: Counter[str], rivalling: Container[str]
    ) -> tuple[dict[str, float], Counter[str], dict[str, str], list[tuple[int, float]]]:
        votes: dict[str, float] = defaultdict(float)
        alike: Counter[str] = Counter()
        because: dict[str, str] = {}
        nearest = self._nearest.find(asked, NEIGHBOURS)
        for key, score in nearest:
            known = self._learned[key]
            if known.macro in rivalling:
                votes[known.macro] += score * score
            if not known.title and score >= LIKE * nearest[0][1]:
                alike[known.macro] += 1
                because.setdefault(known.macro, (known.subject or known.text)[:MAX_BECAUSE])
        return votes, alike, because, [item for item in nearest if self._learned[item[0]].macro in rivalling]

    def _add(self, macro: str, text: str, *, title: bool, subject: str = "", language: str = "") -> None:
        key, self._next = self._next, self._next + 1
        self._insert(key, _Learned(macro, text, title, subject, language))

    def _insert(self, key: int, known: _Learned) -> None:
        tokens, macro = words(known.text), known.macro
        self._learned[key] = known
        self._macros[macro] += 1
        self._nearest.add(key, terms(tokens))
        said = expressions(tokens)
        self._closeness.weigh(macro, {**said, **spelling(tokens)}, 1)
        self._rivals.add(key, macro, _unit(said))
        if self._sense is not None:
            self._sense.add(key, macro, known.text)

    def _remove(self, key: int, known: _Learned) -> None:
        tokens = words(known.text)
        del self._learned[key]
        self._macros[known.macro] -= 1
        if not self._macros[known.macro]:
            del self._macros[known.macro]
        self._nearest.remove(key, terms(tokens))
        said = expressions(tokens)
        self._closeness.weigh(known.macro, {**said, **spelling(tokens)}, -1)
        self._rivals.remove(key, known.macro, _unit(said))
        if self._sense is not None:
            self._sense.remove(key)


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    most = max(scores.values(), default=0.0)
    odds = {macro: math.exp(score - most) for macro, score in scores.items()}
    total = sum(odds.values())
    return {macro: odd / total for macro, odd in odds.items()}


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    size = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {feature: weight / size for feature, weight in weights.items()}


def _plain(template: str) -> str:
    """Return a template's text; of a choice the first and the last branch, for others say the same once more."""
    return re.sub(r"\{[{%#][^\n]*?[}%#]\}", " ", _ELIF.sub(" ", template))
