"""Which of the ranked macros may be offered for a ticket, in which order, and which of them surely.

Words alone do not decide: topic, lane, severity, language and tags of the ticket take part, and so does what a macro
says. One that states an outcome is offered only once that is established.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.records.tickets import HARM_LANES, Severity, Status, Ticket
from macros.filling.macro import Macro, base
from macros.suggesting.calibration import probability
from macros.suggesting.features import content_words, words
from macros.suggesting.ruled_out import proposed, ruled_out
from macros.suggesting.suggest import ELSEWHERE, Suggestion

SURE = 0.6
"""From this probability on a macro is offered as the answer rather than as a guess."""
GRAVE = frozenset({Severity.S0, Severity.S1})
"""Where handing over comes before every other answer."""

TOPIC = 8.0
"""What being of the ticket's own topic counts for, in log odds: rules know more than titles, much history more yet."""
TAGGED = 3.0
"""The same for giving the ticket a tag that rules gave it already."""
EFFORT = 0.7
"""What asking for a value counts against a macro, and escalating: at equal odds, what can leave as it is goes first."""
RULED_OUT = 8.0
"""What proposing a way that the customer rules out counts against a macro."""
UNWANTED = 0.1
"""The most that such a macro is likely."""
FOREIGN = 4.0
"""What having no words in the ticket's language counts against a macro."""

EXPECTED = 1.35
"""What being of the ticket's own topic adds to the log odds that a macro is right."""
CAUTION = 1.0
"""What is taken off where harm is possible."""
FEWEST_WORDS = 3
"""Content words of a message without which similar tickets alone can speak for a macro."""
BRIEF = 0.4
"""The most that a macro is likely for a shorter message that is like no answered ticket."""
UNASKED = 0.8
"""What is taken off a macro that hands over without a topic that says so, and off one for all topics: without answered
tickets like this one, words hardly decide about either."""
_GRAVE_HAND_OVER = 0.75
"""How likely the best hand-over of the topic is right in a grave matter, whatever the words say of it."""
DECIDED = 0.8
"""The least share of the topic's best hand-over among those that it has: below it, the agent chooses."""

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
    harm_lanes: frozenset[str] = HARM_LANES
    """The lanes of the desk that handle harm."""

    @classmethod
    def of(
        cls,
        ticket: Ticket,
        established: frozenset[str] = frozenset(),
        *,
        handed_over: bool = False,
        harm_lanes: frozenset[str] = HARM_LANES,
    ) -> Situation:
        """Return a ticket's situation."""
        return cls(
            ticket.topic,
            ticket.lane,
            ticket.severity,
            ticket.language,
            frozenset(ticket.tags),
            established,
            handed_over,
            harm_lanes,
        )

    @property
    def safety(self) -> bool:
        """Someone may come to harm: a wrong answer costs more than none."""
        return self.lane in self.harm_lanes or self.severity is not None

    @property
    def hands_over_first(self) -> bool:
        """The matter is grave and not with those yet who decide it."""
        return self.severity in GRAVE and not self.handed_over

    def admits(self, macro: Macro) -> bool:
        """Return whether a macro may be suggested: its lanes, topics and so on fit, and its outcome is established.

        What is not known of the ticket excludes nothing.
        """
        when = macro.when
        known = bool(self.lane or self.topic or self.severity)
        return (
            (not macro.outcome or macro.name in self.established)
            and (not known or when.suits(self.severity))
            and not (self.lane and when.lanes and self.lane not in when.lanes)
            and not (self.topic and when.topics and self.topic not in when.topics)
            and not (self.language and when.languages and base(self.language) not in map(base, when.languages))
        )

    def is_about(self, macro: Macro) -> bool:
        """Return whether a macro is for the ticket's topic."""
        return bool(self.topic) and self.topic in macro.topics


@dataclass(frozen=True, slots=True)
class Offer:
    """A macro that may answer."""

    macro: str
    score: float
    """The probability that it is the right answer, 0 to 1; those of all macros add up to 1 at most."""
    sure: bool
    """It may be offered as the answer; otherwise it is a guess, and has to look like one."""
    basis: Suggestion
    """What the words say."""


def offers(
    macros: Mapping[str, Macro], text: str, situation: Situation, rank: Rank, threshold: float = SURE
) -> list[Offer]:
    """Return the macros that may be suggested, best first; sure are those at least as likely as the threshold.

    In a safety matter nothing of another topic is sure, whatever was learned. At S0 and S1 the hand-overs of the topic
    come first; the best is sure unless another is about as likely.
    """
    allowed = {name: macro for name, macro in macros.items() if situation.admits(macro)}
    denied = ruled_out(text)
    mistaken = {name for name, macro in allowed.items() if denied & _ways(macro)} if denied else set()
    lean = {name: _lean(macro, situation) - RULED_OUT * (name in mistaken) for name, macro in allowed.items()}
    lean[ELSEWHERE] = TOPIC * bool(situation.topic)
    suggestions = rank(text, frozenset(allowed), situation.language, lean)
    brief = len(content_words(words(text))) < FEWEST_WORDS
    made, least, rest = [], 1.0, 1.0
    for suggestion in suggestions:
        macro = allowed[suggestion.macro]
        most = UNWANTED if suggestion.macro in mistaken else rest
        least = min(least, most, rest, _probability(suggestion, macro, situation, brief=brief))
        rest = max(0.0, rest - least)
        made.append(_offer(macro, suggestion, least, situation, threshold))
    if situation.safety:
        made.sort(key=lambda offer: not situation.is_about(allowed[offer.macro]))
    if not situation.hands_over_first:
        return made
    over = [offer for offer in made if _hands_over(allowed[offer.macro], situation)]
    over.sort(key=lambda offer: asks_too(allowed[offer.macro]))
    likely = max(_GRAVE_HAND_OVER, threshold)
    share = over[0].basis.score / (sum(offer.basis.score for offer in over) or 1.0) if over else 0.0
    asked_for = [replace(offer, score=max(offer.score, likely), sure=True) for offer in over[:1] if share >= DECIDED]
    return [*asked_for, *over[len(asked_for) :], *(offer for offer in made if offer not in over)]


def _offer(macro: Macro, suggestion: Suggestion, score: float, situation: Situation, threshold: float) -> Offer:
    usual = situation.is_about(macro) or (
        not situation.safety and (not situation.topic or 2 * suggestion.alike > suggestion.of)
    )
    return Offer(macro.name, score, usual and score >= threshold, suggestion)


def _probability(suggestion: Suggestion, macro: Macro, situation: Situation, *, brief: bool) -> float:
    expected = situation.is_about(macro)
    undecided = not expected and not suggestion.alike and (macro.actions.escalate is not None or not macro.topics)
    context = EXPECTED * expected - CAUTION * situation.safety - UNASKED * undecided
    if brief and not suggestion.alike:
        return min(BRIEF, probability(suggestion.fits + context))
    return probability(suggestion.fits + context)


def _hands_over(macro: Macro, situation: Situation) -> bool:
    return macro.actions.escalate is not None and situation.is_about(macro)


def asks_too(macro: Macro) -> bool:
    """Return whether a macro that hands over asks the customer something besides: it suits fewer tickets."""
    return macro.actions.status is Status.PENDING


def _ways(macro: Macro) -> frozenset[str]:
    return frozenset(way for _, title in macro.title.by_language for way in proposed(title))


def _lean(macro: Macro, situation: Situation) -> float:
    asks = any(not ask.optional and not ask.default for ask in macro.asks)
    foreign = situation.language and not speaks(macro, situation.language)
    tagged = bool(situation.tags & set(macro.actions.add_tags))
    against = EFFORT * (asks + (macro.actions.escalate is not None)) + FOREIGN * bool(foreign)
    return TOPIC * situation.is_about(macro) + TAGGED * tagged - against


def speaks(macro: Macro, language: str) -> bool:
    """Return whether a macro has words in a language, or in none in particular."""
    return not macro.bodies or any(base(body.language) in ("", base(language)) for body in macro.bodies)
