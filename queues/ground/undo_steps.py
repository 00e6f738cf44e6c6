"""Steps: what an action wrote, each with what undoing and redoing it need."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]
"""One thing that was written: its `kind`, the `ticket` it belongs to, and the kind's own facts.

Steps of one `part` stand or fall together: what belongs to a reply cannot be undone once the reply has left.
"""

REPLY = "reply"
ESCALATION = "escalation"


def part_of(part: str, steps: list[Step]) -> list[Step]:
    """Mark the steps as belonging to the reply, or to the escalation, of their ticket."""
    return [step | {"part": part} for step in steps]
