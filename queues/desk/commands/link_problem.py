"""Linking a ticket to a problem shared with other tickets, or unlinking it."""

from __future__ import annotations

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.problems import ProblemState
from data.store import Store
from queues.desk import problems
from queues.desk.commands.command import Command, TicketChange
from queues.ground.undo_steps import Step, StepKind, old_and_new

LINK = "link"
"""The kind of the step."""


class LinkProblem(Command):
    """Links the ticket; a new problem already has its number by now."""

    def asked(self, change: Change) -> bool:
        """The change names a problem, or 0 to unlink."""
        return change.problem is not None

    def write(self, work: TicketChange) -> None:
        """Write the link if it changes. Raises RuleError for a problem that is solved or does not exist."""
        store, ticket, number = work.store, work.ticket, work.change.problem
        assert number is not None
        if number and problems.known(store, number).state is ProblemState.SOLVED:
            raise RuleError(
                "Problem is solved", f"P-{number} is solved; answer #{ticket.id} by itself, or open a new problem."
            )
        before = store.problems.linked(ticket.id)
        if before != number:
            store.problems.link(ticket.id, number)
            work.steps.append({"kind": LINK, "ticket": ticket.id, "before": before, "after": number})
        work.detail["problem"] = number

    def describe(self, change: Change) -> str:
        """Return the linked problem."""
        return f"linked to P-{change.problem}" if change.problem else "unlinked from its problem"


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    old, new = old_and_new(step, forward=forward)
    if store.problems.linked(step["ticket"]) != old:
        raise ConflictError("Ticket changed", f"#{step['ticket']} was linked again in the meantime; look at it again.")
    store.problems.link(step["ticket"], new)


STEP_KINDS = {LINK: StepKind(_turn, lambda step: "the problem")}
