"""Problems shared by several tickets: opening and solving them, as steps of an action."""

from __future__ import annotations

from data.errors import ConflictError, RuleError
from data.records.problems import Problem, ProblemState
from data.store import Store
from queues.ground.undo_steps import Step, StepKind, old_and_new

KIND = "problem"
"""The kind of the step."""


def open_problem(store: Store, title: str, ticket_id: int, now: int, agent: str) -> tuple[int, Step]:
    """Store a new problem, first seen in this ticket; return its number and the step."""
    title = " ".join(title.split())
    if not title:
        raise RuleError("No title", "A problem needs a title; say in a few words what is wrong.")
    number = store.problems.insert(title, now, agent)
    return number, _step(ticket_id, number, ProblemState.WITHDRAWN, ProblemState.OPEN)


def solve(store: Store, problem_id: int, ticket_id: int) -> Step:
    """Mark a problem as solved, in an action that answers this ticket among others."""
    if not store.problems.turn(problem_id, ProblemState.OPEN, ProblemState.SOLVED):
        raise RuleError("Problem is solved", f"P-{problem_id} is already solved, or does not exist.")
    return _step(ticket_id, problem_id, ProblemState.OPEN, ProblemState.SOLVED)


def known(store: Store, problem_id: int) -> Problem:
    """Return the problem. Raises RuleError if there is none."""
    problem = store.problems.get(problem_id)
    if problem is None:
        raise RuleError("No such problem", f"There is no problem P-{problem_id}; `tridesk problem list` shows them.")
    return problem


def _step(ticket_id: int, problem_id: int, before: ProblemState, after: ProblemState) -> Step:
    return {"kind": KIND, "ticket": ticket_id, "row": problem_id, "before": before.value, "after": after.value}


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    old, new = old_and_new(step, forward=forward)
    problem = store.problems.get(step["row"])
    if new == ProblemState.WITHDRAWN and problem is not None and problem.tickets:
        raise ConflictError("Problem in use", f"P-{step['row']} has other tickets by now; unlink those first.")
    if not store.problems.turn(step["row"], ProblemState(old), ProblemState(new)):
        raise ConflictError("Problem changed", f"P-{step['row']} has changed since; it cannot be undone as a whole.")


STEP_KINDS = {KIND: StepKind(_turn)}
