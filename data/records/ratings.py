"""What customers say of our work: the question that we ask, and the rating that comes back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BEST = 5
"""Ratings are kept from 1 (very bad) to 5 (excellent), whatever scale they came on."""
SATISFIED = 4
"""From this rating on a customer counts as satisfied."""
UNHAPPY = 2
"""Up to this rating a customer counts as unhappy."""


def normalised(score: float, scale: int) -> int:
    """Return a score from 1 to 5, halves up.

    Scales up to 10 begin at 1 (0 counts as 1), longer ones at 0: the ends go to 1 and 5, the rest in between.
    """
    low = 1 if scale <= 10 else 0
    part = (max(low, score) - low) / (scale - low)
    return min(BEST, max(1, int(1 + 4 * part + 0.5)))


class RatingState(StrEnum):
    """The life of a rating.

    `replaced` has a later or corrected rating, `removed` was not a rating, `withdrawn` was undone.
    """

    STANDS = "stands"
    REPLACED = "replaced"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class RatingVia(StrEnum):
    """How a rating came: in what the customer wrote (a number, stars, a face, words), from a form, or by an agent."""

    NUMBER = "number"
    STARS = "stars"
    FACE = "face"
    WORDS = "words"
    FORM = "form"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Question:
    """A reply of ours that asked how it was."""

    id: int
    token: str
    """The ticket's mark, in the reply's text and in its links."""
    ticket_id: int
    message_id: int
    at: int
    agent: str
    macro: str


@dataclass(frozen=True, slots=True)
class Rating:
    """A customer's rating of our answer."""

    id: int
    ticket_id: int
    at: int
    score: float
    """As it was given, on a scale up to `scale`."""
    scale: int
    value: int
    """The same from 1 to 5."""
    via: RatingVia
    comment: str = ""
    """The customer's comment on the score; foreign text."""
    agent: str = ""
    """Whose reply it is about."""
    macro: str = ""
    question_id: int | None = None
    message_id: int | None = None
    """The incoming message that holds it."""
    source: str = ""
    """What identifies a second import of the same answer; empty for ratings not from a file."""
    state: RatingState = RatingState.STANDS
