"""Which macros the first digits hold, once the ticket's procedure has had its say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from macros.macro import Macro

SUGGESTED = 3
"""The first keys, which follow what the customer wrote; the others stay where they are."""


HAND_OVERS = 2
"""How many of them a procedure may claim for handing over."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ticket's procedure makes of its macros."""

    free: Collection[str] = ()
    """Names of those that may leave although steps are open."""
    team: str = ""
    """Whom a step that is still open hands over to."""
    due: bool = False
    """That step is a gate, and the only one left."""


def first_digits(ranked: Sequence[Macro], asked: Asked) -> list[Macro]:
    """Return the best of `ranked` for the first digits.

    What may leave at once goes before what has to wait for a step. The best macros that hand over as the procedure
    asks are always among them, and first where nothing else is left to do.
    """
    best = sorted(ranked[:SUGGESTED], key=lambda macro: macro.name not in asked.free)
    over = [macro for macro in ranked if asked.team and _team(macro) == asked.team.casefold()][:HAND_OVERS]
    others = [macro for macro in best if macro not in over][: SUGGESTED - len(over)]
    return [*over, *others] if asked.due else [*others, *over]


def _team(macro: Macro) -> str:
    return macro.actions.escalate.team.casefold() if macro.actions.escalate is not None else ""
