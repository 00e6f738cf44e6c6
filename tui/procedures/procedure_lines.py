"""A procedure as lines for the panel: each step, whether it is done, and by whom. Does not use Textual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from data.records.changes import StepAnswer
from data.records.tickets import Ticket
from tui.look.inked_lines import Ink, Line
from tui.look.one_line import fit, one_line
from tui.look.short_times import span
from tui.look.words import words
from tui.look.wrapping import wrap

if TYPE_CHECKING:
    from queues.procedures.procedure import Procedure, Step

DONE, SAY, GATE, OPEN, WATCHED = "✓", "◆", "■", "·", "≈"
"""The signs of a step: done, a gate before every reply, a gate before solving, no gate, watched by the desk."""

_INDENT = " " * 4
"""The indent of a step's lines after the first."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A ticket's procedure and the answers so far."""

    ticket: Ticket
    procedure: Procedure
    answers: Mapping[str, StepAnswer] = field(default_factory=dict)

    def mark(self, step: Step) -> str:
        """Return the sign of the step's state."""
        if not step.asked:
            return WATCHED
        answer = self.answers.get(step.id)
        if answer is not None and step.is_done(answer.value):
            return DONE
        return SAY if step.guards_words else GATE if step.gate else OPEN

    @property
    def waiting(self) -> list[Step]:
        """The gates still open, in order."""
        return [step for step in self.procedure.steps if self.mark(step) in (SAY, GATE)]

    def following(self) -> Step | None:
        """Return the step to answer next: the first open gate, else the first open step."""
        rest = [step for step in self.procedure.steps if self.mark(step) == OPEN]
        return next(iter([*self.waiting, *rest]), None)


def procedure_lines(shown: Followed, current: str, width: int, now: int, *, active: bool) -> list[Line]:
    """Lay a procedure out in `width` cells, the step `current` marked and, if the panel has the focus, explained."""
    lines: list[Line] = []
    for step in shown.procedure.steps:
        here = step.id == current
        lines += _step(shown, step, width, now, here=here)
        if here and active:
            lines += [Line(Ink.TITLE, f"{_INDENT}{line}") for line in wrap(key_words(step), width - 4)]
    if not active and shown.following() is not None:
        lines += [Line(Ink.QUIET, line) for line in wrap(words("Space continues with the steps."), width)]
    return lines


def progress_words(shown: Followed) -> str:
    """Return how far the procedure is: `step 2 of 4 · open gates: 1`."""
    steps = [step for step in shown.procedure.steps if step.asked]
    following = shown.following()
    if following is None:
        return words("all {n} steps done").format(n=len(steps))
    number = steps.index(following) + 1
    place = words("step {number} of {n}").format(number=number, n=len(steps))
    gates = len(shown.waiting)
    return f"{place} · {words('open gates: {n}').format(n=gates)}" if gates else place


def place_of(lines: Sequence[Line]) -> range:
    """Return which lines of `procedure_lines` belong to the current step."""
    start = next((place for place, line in enumerate(lines) if line.head), 0)
    more = takewhile(lambda line: line.text.startswith(_INDENT), lines[start + 1 :])
    return range(start, min(len(lines), start + 1 + sum(1 for _ in more)))


def key_words(step: Step) -> str:
    """Return the keys that answer a step."""
    if step.choices:
        return "  ".join(f"{n} {one_line(choice)}" for n, choice in enumerate(step.choices, 1))
    if not step.asked:
        return words("the desk watches this itself")
    if step.needs_text:
        return words("Space enters: {what}").format(what=one_line(step.evidence) or words("the answer"))
    return words("Space hands over to {team}").format(team=step.team) if step.team else words("Space confirms")


def _step(shown: Followed, step: Step, width: int, now: int, *, here: bool) -> Iterator[Line]:
    mark = shown.mark(step)
    ink = Ink.OURS if mark == DONE else Ink.QUIET if mark == WATCHED else Ink.PLAIN
    first, *more = wrap(step.words(shown.ticket.language), width - 4)
    yield Line(ink, f"{'›' if here else ' '} {mark} {first}", head=here)
    yield from (Line(ink, f"{_INDENT}{line}") for line in more)
    answer = shown.answers.get(step.id)
    if answer is not None and mark == DONE:
        said = "" if answer.value is True else f"{one_line(str(answer.value))} · "
        when = words("{span} ago").format(span=span(max(0, now - answer.at)))
        yield Line(Ink.QUIET, fit(f"{_INDENT}{said}{one_line(answer.actor)}, {when}", width))
