"""Reviews of single replies, responses to them, samples, calibrations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReviewState(StrEnum):
    """The life of a review; `revised` was replaced by a later review of the same reviewer, `withdrawn` was undone."""

    GIVEN = "given"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


class AnswerKind(StrEnum):
    """The responses to a review: the agent accepts or disputes it, the reviewer upholds it."""

    ACCEPT = "accept"
    DISPUTE = "dispute"
    UPHOLD = "uphold"


@dataclass(frozen=True, slots=True)
class Mark:
    """A reviewer's mark for one criterion."""

    criterion: str
    points: int | None
    """None for not applicable."""
    best: int
    """The most points that there were."""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer says of one reply."""

    id: int
    ticket_id: int
    message_id: int
    agent: str
    """Who wrote the reply."""
    reviewer: str
    scorecard: str
    """The card and its version, such as `support-reply@1`."""
    percent: float
    failed: tuple[str, ...]
    """The criteria that made the whole 0."""
    comment: str
    at: int
    state: ReviewState = ReviewState.GIVEN
    revises: int | None = None
    """The review that this one replaces."""
    calibration: int | None = None
    """A review for comparing two reviewers: no figure counts it and the agent never sees it."""
    seen_at: int | None = None
    """When the agent saw it first."""


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """A word on a review."""

    id: int
    review_id: int
    at: int
    actor: str
    kind: AnswerKind
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reply that could be reviewed, with its risks."""

    message_id: int
    ticket_id: int
    agent: str
    lane: str
    language: str
    at: int
    severity: str = ""
    reopens: int = 0
    rating: int | None = None
    """The ticket's worst valid rating."""
    late: bool = False
    """It left after its clock had run out."""
    passed: tuple[str, ...] = ()
    """The findings and gates that it went past."""
    new_wording: bool = False
    """Its macro or procedure was new to the agent, or newly worded, within the week before."""
    letters: int = 0


@dataclass(frozen=True, slots=True)
class Picked:
    """A reply of a sample and why it is in it."""

    message_id: int
    ticket_id: int
    agent: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Replies drawn for review."""

    id: int
    at: int
    by: str
    mode: str
    seed: str
    picked: tuple[Picked, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """One reply that two reviewers review without seeing each other's."""

    id: int
    ticket_id: int
    message_id: int
    scorecard: str
    reviewers: tuple[str, ...]
    at: int
    by: str
    state: str = "open"

    @property
    def label(self) -> str:
        """How people name it: `C-4`."""
        return f"C-{self.id}"
