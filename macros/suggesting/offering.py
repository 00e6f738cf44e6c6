"""Which of the ranked macros may be offered for a ticket, in which order, and which of them surely.

Words alone do not decide: topic, lane, severity, language and tags of the ticket take part, and so does what a macro
says. One that states an outcome is offered only once that is established.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.records.tickets import Severity, Status, Ticket
from macros.filling.macro import Macro, base
from macros.suggesting.suggest import Suggestion

SURE = 0.6
"""From this probability on a macro is offered as the answer rather than as a guess."""
SAFETY_LANE = "safety"
"""The lane of the default desk that handles harm; on any desk, so does a ticket that has a severity."""
GRAVE = frozenset({Severity.S0, Severity.S1})
"""Where handing over comes before every other answer."""

TOPIC = 8.0
"""What being of the ticket's own topic counts for, in log odds: rules know more than titles, much history more yet."""
TAGGED = 3.0
"""The same for giving the ticket a tag that rules gave it already."""
EFFORT = 0.7
"""What asking for a value counts against a macro, and escalating: at equal odds, what can leave as it is goes first."""
FOREIGN = 4.0
"""What having no words in the ticket's language counts against a macro."""

_CLOSE, _DISTANT = 11.0, 4.5
"""How closeness becomes the probability that a macro fits at all: logistic, fitted to held-out messages."""
_EXPECTED = 3.3
"""What the ticket's topic adds to that, in log odds."""
_GRAVE_HAND_OVER = 0.75
"""How likely the best hand-over of the topic is right in a grave matter, whatever the words say of it."""

Rank = Callable[[str, frozenset[str], str, Mapping[str, float]], Sequence[Suggestion]]
"""Ranks all macros of these names for a text in a language, with what else speaks for each in log odds."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a ticket besides its words."""

    topic: str = ""
    lane: str = ""
    severity: Severity | None = None
    language: str = ""
    tags: frozenset[str] = frozenset()
    established: frozenset[str] = frozenset()
    """Names of macros whose outcome the ticket's procedure has established."""
    handed_over: bool = False
    """The hand-over that the procedure asks for is done."""

    @classmethod
    def of(cls, ticket: Ticket, established: frozenset[str] = frozenset(), *, handed_over: bool = False) -> Situation:
        """Return a ticket's situation."""
        return cls(
            ticket.topic,
            ticket.lane,
            ticket.severity,
            ticket.language,
            frozenset(ticket.tags),
            established,
            handed_over,
        )

    @property
    def safety(self) -> bool:
        """Someone may come to harm: a wrong answer costs more than none."""
        return self.lane == SAFETY_LANE or self.severity is not None

    @property
    def hands_over_first(self) -> bool:
        """The matter is grave and not with those yet who decide it."""
        return self.severity in GRAVE and not self.handed_over

    def admits(self, macro: Macro) -> bool:
        """Return whether a macro may be suggested: a stated outcome has to be established first."""
        return not macro.outcome or macro.name in self.established

    def is_about(self, macro: Macro) -> bool:
        """Return whether a macro is for the ticket's topic."""
        return bool(self.topic) and self.topic in macro.topics


@dataclass(frozen=True, slots=True)
class Offer:
    """A macro that may answer."""

    macro: str
    score: float
    """The probability that it is the right answer, 0 to 1."""
    sure: bool
    """It may be offered as the answer; otherwise it is a guess, and has to look like one."""
    basis: Suggestion
    """What the words say."""


def offers(macros: Mapping[str, Macro], text: str, situation: Situation, rank: Rank) -> list[Offer]:
    """Return the macros that may be suggested, best first.

    In a safety matter nothing of another topic is sure, whatever was learned, and at S0 and S1 the best hand-over of
    the topic comes first and is sure.
    """
    allowed = {name: macro for name, macro in macros.items() if situation.admits(macro)}
    lean = {name: _lean(macro, situation) for name, macro in allowed.items()}
    suggestions = rank(text, frozenset(allowed), situation.language, lean)
    made, least = [], 1.0
    for suggestion in suggestions:
        least = min(least, _probability(suggestion, expected=situation.is_about(allowed[suggestion.macro])))
        made.append(_offer(allowed[suggestion.macro], suggestion, least, situation))
    if situation.safety:
        made.sort(key=lambda offer: not situation.is_about(allowed[offer.macro]))
    if not situation.hands_over_first:
        return made
    over = [offer for offer in made if _hands_over(allowed[offer.macro], situation)]
    over.sort(key=lambda offer: asks_too(allowed[offer.macro]))
    asked_for = [replace(offer, score=max(offer.score, _GRAVE_HAND_OVER), sure=True) for offer in over[:1]]
    return [*asked_for, *over[1:], *(offer for offer in made if offer not in over)]


def _offer(macro: Macro, suggestion: Suggestion, score: float, situation: Situation) -> Offer:
    usual = situation.is_about(macro) or (
        not situation.safety and (not situation.topic or 2 * suggestion.alike > suggestion.of)
    )
    return Offer(macro.name, score, usual and score >= SURE and not suggestion.weak, suggestion)


def _probability(suggestion: Suggestion, *, expected: bool) -> float:
    fits = 1 / (1 + math.exp(_DISTANT - _CLOSE * suggestion.closeness - _EXPECTED * expected))
    return fits * math.sqrt(suggestion.score)


def _hands_over(macro: Macro, situation: Situation) -> bool:
    return macro.actions.escalate is not None and situation.is_about(macro)


def asks_too(macro: Macro) -> bool:
    """Return whether a macro that hands over asks the customer something besides: it suits fewer tickets."""
    return macro.actions.status is Status.PENDING


def _lean(macro: Macro, situation: Situation) -> float:
    asks = any(not ask.optional and not ask.default for ask in macro.asks)
    foreign = situation.language and not speaks(macro, situation.language)
    tagged = bool(situation.tags & set(macro.actions.add_tags))
    against = EFFORT * (asks + (macro.actions.escalate is not None)) + FOREIGN * bool(foreign)
    return TOPIC * situation.is_about(macro) + TAGGED * tagged - against


def speaks(macro: Macro, language: str) -> bool:
    """Return whether a macro has words in a language, or in none in particular."""
    return not macro.bodies or any(base(body.language) in ("", base(language)) for body in macro.bodies)
