"""Measures suggestions on past messages: history is replayed in order, and each message ranked before it is learned."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.errors import InputError
from macros.suggesting.suggest import Suggester

LEARNED = 0.7
"""The share of the history, its oldest part, that is only learned from."""
LEAST = 10
"""Answers without which a figure would say nothing."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message and the macro that answered it."""

    text: str
    macro: str
    language: str = ""


@dataclass(slots=True)
class Score:
    """Counts over the messages that were ranked; `share` makes percentages of them."""

    ranked: int = 0
    first: int = 0
    """The macro that answered came first."""
    in_three: int = 0
    """It was one of the three that the digits 1 to 3 hold."""
    used_first: int = 0
    """It would have come first by use alone."""
    used_in_three: int = 0
    suggested: int = 0
    """Messages for which something spoke for the first suggestion."""

    def share(self, count: int) -> float:
        """Return a count in percent of what was ranked."""
        return round(100 * count / self.ranked, 1) if self.ranked else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of the replay."""

    learned: int
    macros: int
    whole: Score
    languages: dict[str, Score]


def evaluate(history: Sequence[Example], suggester: Suggester) -> Evaluation:
    """Replay a history, oldest first, with a suggester that knows the macros by name or title only.

    The first part is learned; each later message is ranked, then learned, as on the desk. Raises InputError if
    there is too little.
    """
    if len(history) < LEAST:
        raise InputError(
            "Too little history", f"{len(history)} answered messages are not enough; at least {LEAST} are needed."
        )
    start = int(len(history) * LEARNED)
    uses: Counter[str] = Counter()
    for example in history[:start]:
        suggester.learn(example.text, example.macro, language=example.language)
        uses[example.macro] += 1
    suggester.settle()
    whole, languages = Score(), defaultdict[str, Score](Score)
    for example in history[start:]:
        _rank(example, suggester, uses, (whole, languages[example.language or "-"]))
        suggester.learn(example.text, example.macro, language=example.language)
        uses[example.macro] += 1
    return Evaluation(start, len({example.macro for example in history}), whole, dict(sorted(languages.items())))


def _rank(example: Example, suggester: Suggester, uses: Counter[str], scores: Iterable[Score]) -> None:
    suggestions = suggester.suggest(example.text, language=example.language)
    names = [suggestion.macro for suggestion in suggestions]
    used = [macro for macro, _ in uses.most_common(3)]
    for score in scores:
        score.ranked += 1
        score.first += example.macro in names[:1]
        score.in_three += example.macro in names
        score.used_first += example.macro in used[:1]
        score.used_in_three += example.macro in used
        score.suggested += bool(suggestions) and not suggestions[0].weak
