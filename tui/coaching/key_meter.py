"""Counts keys and seconds on the ticket that the agent works on, until another ticket is shown.

A visit runs from the key that opened the ticket to the last key on it. Gaps longer than `IDLE` are not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

IDLE = 120.0
"""Seconds without a key after which the agent counts as idle."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The ticket that keys act on."""

    ticket_id: int
    version: int
    open: bool
    """It is open, rather than only under the cursor of a list."""
    waits: bool
    """It was waiting for us when it was first shown."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The counts for one ticket."""

    subject: Subject
    keys: int = 0
    letters: int = 0
    seconds: float = 0.0


class Meter:
    """`on_visit` is called with each finished visit; times are seconds of a monotonic clock."""

    def __init__(self, on_visit: Callable[[Visit], object]) -> None:
        self._on_visit = on_visit
        self._visit: Visit | None = None
        self._last: float | None = None

    @property
    def subject(self) -> Subject | None:
        """The ticket of the current visit."""
        return self._visit.subject if self._visit is not None else None

    def key(self, subject: Subject | None, at: float, *, typed: bool) -> None:
        """Count a key about to be handled; `subject` is the ticket it acts on, and whether it types text."""
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
        """End the visit if another ticket, or none, is shown now."""
        visit = self._visit
        if visit is not None and (subject is None or subject.ticket_id != visit.subject.ticket_id):
            self._visit = None
            self._on_visit(visit)
