"""How sure the model may be: a logistic curve over the lead of the best language, fitted on sentences it never saw."""

from __future__ import annotations

import math
from collections.abc import Sequence

from queues.language.model import OTHER, Model

MOST_MARGIN = 12.0
MOST_WORDS = 20
FEW_WORDS = 3
CLEAR_MARGIN = 5.0
"""A lead that mashed keys never have: inflected forms of known words reach it."""
STRANGE_CAP = 0.6
"""The most that a few words may say when hardly any of them is known: keyboard mash, names, codes."""


def lead(model: Model, logits: Sequence[float], priors: Sequence[float]) -> tuple[str, float]:
    """Return the best language of the model and by how much it leads the second, priors included."""
    ranked = sorted(
        (
            (logit + prior, label)
            for logit, prior, label in zip(logits, priors, model.labels, strict=True)
            if label != OTHER
        ),
        reverse=True,
    )
    return ranked[0][1], ranked[0][0] - ranked[1][0]


def facts(margin: float, words: int, known: float, other: float) -> tuple[float, ...]:
    """Return what the curve looks at: lead, length (log of the word count), share of known words, foreign mass."""
    length = math.log(min(max(words, 1), MOST_WORDS))
    capped = min(margin, MOST_MARGIN)
    return (1.0, capped, capped * length, length, known, other)


def confidence(model: Model, margin: float, tokens: Sequence[str], known: float, other: float) -> float:
    """Return the chance that the leading language is right, 0 to 1."""
    curve = sum(
        weight * fact for weight, fact in zip(model.calibration, facts(margin, len(tokens), known, other), strict=True)
    )
    chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, curve))))
    unknown = known < 0.4 and margin < CLEAR_MARGIN
    strange = len(tokens) <= FEW_WORDS and (unknown or max(map(len, tokens)) == 1)
    return min(chance, STRANGE_CAP) if strange else chance
