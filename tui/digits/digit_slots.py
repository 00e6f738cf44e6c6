"""Which macros the first digits hold, given the ticket's procedure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.records.tickets import Status

if TYPE_CHECKING:
    from macros.filling.macro import Macro

SUGGESTED = 3
"""The first keys, which depend on what the customer wrote; the others are fixed."""

HAND_OVERS = 2
"""How many of them a procedure may claim for a hand-over."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ticket's procedure says about macros."""

    free: Collection[str] = ()
    """Names of those that may leave although steps are open."""
    team: str = ""
    """The team that a still open step hands over to."""
    due: bool = False
    """That step is a gate, and the only open gate."""
    ready: bool = False
    """No other gate is open."""
    handed_over: bool = False
    """The procedure asks for a hand-over, and it is done."""
    established: frozenset[str] = frozenset()
    """Names of the macros whose outcome the answered steps have established."""

    def speaks_for(self, macro: Macro) -> bool:
        """Return whether the procedure's next step is a macro: the steps before the hand-over are answered."""
        return self.ready and self.hands_over(macro)

    def over(self, ranked: Sequence[Macro]) -> list[Macro]:
        """Return those of `ranked` that hand over as required; those that also ask the customer something come last."""
        handing_over = [macro for macro in ranked if self.hands_over(macro)]
        return sorted(handing_over, key=lambda macro: macro.actions.status is Status.PENDING)

    def hands_over(self, macro: Macro) -> bool:
        """Return whether a macro hands over to the team that the procedure requires."""
        to = macro.actions.escalate
        return bool(self.team) and to is not None and to.team.casefold() == self.team.casefold()


def first_digits(ranked: Sequence[Macro], asked: Asked, *, hands_over_first: bool = False) -> list[Macro]:
    """Return the best of `ranked` for the first digits.

    Macros that may be sent at once come before those that wait for a step. The best macros that hand over as the
    procedure requires are always included, and come first if nothing else is left or a grave matter must not wait.
    """
    best = sorted(ranked[:SUGGESTED], key=lambda macro: macro.name not in asked.free)
    over = asked.over(ranked)[:HAND_OVERS]
    others = [macro for macro in best if macro not in over][: SUGGESTED - len(over)]
    return [*over, *others] if asked.due or hands_over_first else [*others, *over]
