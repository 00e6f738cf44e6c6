"""What came of one attempt to deliver."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    """What it means for this delivery and the next."""

    DELIVERED = auto()
    REFUSED = auto()
    """Not this one: another may be taken."""
    FAILING = auto()
    """The receiver takes nothing now."""
    GONE = auto()
    """The receiver takes nothing any more."""
    UNTRIED = auto()
    """Nothing was sent, so that no attempt is counted: there is no secret to sign with."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, and what the receiver said."""

    verdict: Verdict
    sentence: str
    wait: int = 0
    """Seconds that the receiver asks to wait."""
