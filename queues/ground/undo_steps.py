"""The undo log's steps: what an action wrote, with what undo and redo need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from data.store import Store

Step = dict[str, Any]
"""One write: its `kind`, its `ticket`, and the data of its kind.

Steps of one `part` belong together: those of a reply cannot be undone once the reply was sent.
"""

REPLY = "reply"
ESCALATION = "escalation"
FORWARD = "forward"


class Turn(Protocol):
    """Undoes a step, or redoes it."""

    def __call__(self, store: Store, step: Step, /, *, forward: bool) -> None:
        """Redo the step if `forward`, else undo it. Raises RuleError or ConflictError if it is too late for that."""
        ...


def _unnamed(step: Step) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class StepKind:
    """How steps of one kind are undone and redone. The file that writes a kind of step defines it.

    `queues.desk.commands.registry` lists them all.
    """

    turn: Turn
    name: Callable[[Step], str] = _unnamed
    """Its name for the agent, such as `the note`; empty if not worth mentioning."""


def part_of(part: str, steps: list[Step]) -> list[Step]:
    """Mark the steps as belonging to the reply, or to the escalation, of their ticket."""
    return [step | {"part": part} for step in steps]


def old_and_new(step: Step, *, forward: bool) -> tuple[Any, Any]:
    """Return the expected current values, and the values that undo or redo writes instead."""
    return (step["before"], step["after"]) if forward else (step["after"], step["before"])
