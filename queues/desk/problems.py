"""Problems: opening one, linking tickets to it, and the end of it; each as steps of an action."""

from __future__ import annotations

from data.errors import RuleError
from data.records.problems import Problem, ProblemState
from data.records.tickets import Ticket
from data.store import Store
from queues.ground.undo_steps import Step


def open_problem(store: Store, title: str, ticket_id: int, now: int, agent: str) -> tuple[int, Step]:
    """Store a new problem, first seen in this ticket; return its number and the step."""
    title = " ".join(title.split())
    if not title:
        raise RuleError("No title", "A problem needs a title; say in a few words what is wrong.")
    number = store.problems.insert(title, now, agent)
    return number, _turned(ticket_id, number, ProblemState.WITHDRAWN, ProblemState.OPEN)


def link(store: Store, ticket: Ticket, problem_id: int) -> list[Step]:
    """Link the ticket to an open problem, 0 to none; return the step, nothing where nothing changes."""
    if problem_id and known(store, problem_id).state is ProblemState.SOLVED:
        raise RuleError(
            "Problem is solved", f"P-{problem_id} is solved; answer #{ticket.id} by itself, or open a new problem."
        )
    before = store.problems.linked(ticket.id)
    if before == problem_id:
        return []
    store.problems.link(ticket.id, problem_id)
    return [{"kind": "link", "ticket": ticket.id, "before": before, "after": problem_id}]


def solve(store: Store, problem_id: int, ticket_id: int) -> Step:
    """Mark a problem as solved, in an action that answers this ticket among others."""
    if not store.problems.turn(problem_id, ProblemState.OPEN, ProblemState.SOLVED):
        raise RuleError("Problem is solved", f"P-{problem_id} is solved already, or there is no such problem.")
    return _turned(ticket_id, problem_id, ProblemState.OPEN, ProblemState.SOLVED)


def known(store: Store, problem_id: int) -> Problem:
    """Return the problem. Raises RuleError where there is none."""
    problem = store.problems.get(problem_id)
    if problem is None:
        raise RuleError("No such problem", f"There is no problem P-{problem_id}; `tridesk problem list` shows them.")
    return problem


def _turned(ticket_id: int, problem_id: int, before: ProblemState, after: ProblemState) -> Step:
    return {"kind": "problem", "ticket": ticket_id, "row": problem_id, "before": before.value, "after": after.value}
