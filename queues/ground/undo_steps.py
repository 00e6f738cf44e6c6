"""Steps: what an action wrote, each with what undoing and redoing it need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from data.store import Store

Step = dict[str, Any]
"""One thing that was written: its `kind`, the `ticket` it belongs to, and the kind's own facts.

Steps of one `part` stand or fall together: what belongs to a reply cannot be undone once the reply has left.
"""

REPLY = "reply"
ESCALATION = "escalation"


class Turn(Protocol):
    """Undoes a step, or redoes it."""

    def __call__(self, store: Store, step: Step, /, *, forward: bool) -> None:
        """Redo the step where `forward`, else undo it. Raises RuleError or ConflictError where that is too late."""
        ...


def _unnamed(step: Step) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class StepKind:
    """How steps of one kind are undone and redone. Whoever writes steps of a kind registers it.

    `queues.desk.commands.registry` lists them all.
    """

    turn: Turn
    name: Callable[[Step], str] = _unnamed
    """What an agent would call it, such as `the note`; empty where it goes without saying."""


def part_of(part: str, steps: list[Step]) -> list[Step]:
    """Mark the steps as belonging to the reply, or to the escalation, of their ticket."""
    return [step | {"part": part} for step in steps]


def old_and_new(step: Step, *, forward: bool) -> tuple[Any, Any]:
    """Return what must stand there now, and what the turn of the step writes in its place."""
    return (step["before"], step["after"]) if forward else (step["after"], step["before"])
