"""What a ticket's procedure says about macros."""

from __future__ import annotations

from tui.digits.digit_slots import Asked
from tui.procedures.procedure_lines import DONE, WATCHED, Followed


def asked_of(followed: Followed | None) -> Asked:
    """Return which macros may leave, hand over, or state an outcome; everything may where no procedure applies."""
    if followed is None:
        return Asked()
    procedure, waiting = followed.procedure, followed.waiting
    hand_overs = [step for step in procedure.steps if step.team]
    over = next((step for step in hand_overs if followed.mark(step) not in (DONE, WATCHED)), None)
    return Asked(
        free=procedure.plain_answers.union(*(step.passes for step in waiting)) if waiting else (),
        team=over.team if over is not None else "",
        due=over is not None and waiting == [over],
        ready=all(step is over for step in waiting),
        handed_over=bool(hand_overs) and over is None,
        established=procedure.established({name: answer.value for name, answer in followed.answers.items()}),
    )
