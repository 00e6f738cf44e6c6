"""Problems: several tickets with one cause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemState(StrEnum):
    """The states of a problem; `withdrawn` was undone."""

    OPEN = "open"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Problem:
    """One cause of several tickets, which are answered together once it is solved."""

    id: int
    title: str
    state: ProblemState = ProblemState.OPEN
    opened_at: int = 0
    opened_by: str = ""
    tickets: int = 0
    """How many are linked to it."""
    waiting: int = 0
    """How many of those are neither solved nor closed."""

    @property
    def label(self) -> str:
        """How people name it: `P-3`."""
        return f"P-{self.id}"
