"""How likely it is that a macro answers a message: logistic regression over the evidence, adjusted to the desk.

The weights were fitted to messages with and without a right answer; a desk's own replies then move slope and shift
(Platt, 1999), against a prior that a few replies do not outweigh.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from macros.suggesting.measures import Evidence

WORDS = Evidence(1.42, 0.28, 0.12, 0.54, 0.06, 1.57, 0.82, 0.0, 1.17, 0.04, 0.35)
"""Weights where words alone are known."""
WORDS_SHIFT = -4.2
MEANING = Evidence(0.7, 0.53, 0.04, 0.16, 0.19, 1.13, 0.32, -0.23, 0.81, 0.06, 0.33, 2.22, 2.67)
"""Weights where the meaning is known too."""
MEANING_SHIFT = -5.25
FIRM = 25.0
"""How many held-out replies the prior on slope and shift is worth."""
_STEPS = 12
_HIGHEST = 12.0
"""Log odds beyond this say no more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A reply of the desk that was ranked without being known: how likely its first macro seemed, and if it was."""

    log_odds: float
    right: bool


@dataclass(frozen=True, slots=True)
class Confidence:
    """Log odds that a macro is right."""

    slope: float = 1.0
    shift: float = 0.0

    def log_odds(self, evidence: Evidence, *, meaning: bool) -> float:
        """Return the log odds that the evidence speaks for, as this desk's replies have borne out."""
        return self.slope * plain(evidence, meaning=meaning) + self.shift


NEW_DESK = Confidence(0.82, 1.2)
"""Before a desk has answered anything: messages that were written for the macros are less alike than real ones."""


def plain(evidence: Evidence, *, meaning: bool) -> float:
    """Return the log odds that the evidence speaks for on any desk."""
    weights, shift = (MEANING, MEANING_SHIFT) if meaning else (WORDS, WORDS_SHIFT)
    total = shift + sum(weight * measure for weight, measure in zip(weights, evidence, strict=True))
    return max(-_HIGHEST, min(_HIGHEST, total))


def probability(log_odds: float) -> float:
    """Return the probability of log odds."""
    return 1 / (1 + math.exp(-log_odds))


def adjusted(held: Sequence[Held], prior: Confidence) -> Confidence:
    """Return slope and shift that fit a desk's held-out replies, by Newton's method on the penalised likelihood."""
    slope, shift = prior.slope, prior.shift
    for _ in range(_STEPS):
        gradient = [FIRM * (prior.slope - slope), FIRM * (prior.shift - shift)]
        curve = [FIRM, 0.0, FIRM]
        for one in held:
            chance = probability(slope * one.log_odds + shift)
            miss, spread = one.right - chance, chance * (1 - chance)
            gradient[0] += miss * one.log_odds
            gradient[1] += miss
            curve[0] += spread * one.log_odds**2
            curve[1] += spread * one.log_odds
            curve[2] += spread
        size = curve[0] * curve[2] - curve[1] ** 2
        slope += (curve[2] * gradient[0] - curve[1] * gradient[1]) / size
        shift += (curve[0] * gradient[1] - curve[1] * gradient[0]) / size
    return Confidence(max(0.2, slope), shift)
