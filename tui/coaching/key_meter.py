"""Counts keys and seconds on the ticket that the agent works on, until another one comes under their eyes.

A visit runs from the key that brought the ticket up to the last key on it. Gaps longer than `IDLE` count as none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

IDLE = 120.0
"""Seconds without a key after which nobody is taken to be at work."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The ticket that keys mean."""

    ticket_id: int
    version: int
    open: bool
    """It is open, rather than only under the cursor of a list."""
    waits: bool
    """It waited for us when it came under the agent's eyes."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What was counted on one ticket."""

    subject: Subject
    keys: int = 0
    letters: int = 0
    seconds: float = 0.0


class Meter:
    """`left` is called with each visit that is over; times are seconds of any clock that only goes forward."""

    def __init__(self, left: Callable[[Visit], object]) -> None:
        self._left = left
        self._visit: Visit | None = None
        self._last: float | None = None

    @property
    def subject(self) -> Subject | None:
        """The ticket of the visit that goes on."""
        return self._visit.subject if self._visit is not None else None

    def key(self, subject: Subject | None, at: float, *, typed: bool) -> None:
        """Count a key that is about to be handled; `subject` is what it means, and whether it types text."""
        self.look(subject)
        if subject is not None:
            visit = self._visit or Visit(subject)
            gap = at - self._last if self._last is not None else 0.0
            self._visit = replace(
                visit,
                subject=replace(visit.subject, open=visit.subject.open or subject.open),
                keys=visit.keys + (not typed),
                letters=visit.letters + typed,
                seconds=visit.seconds + (gap if gap <= IDLE else 0.0),
            )
        self._last = at

    def look(self, subject: Subject | None) -> None:
        """End the visit where another ticket, or none, came under the agent's eyes."""
        visit = self._visit
        if visit is not None and (subject is None or subject.ticket_id != visit.subject.ticket_id):
            self._visit = None
            self._left(visit)
