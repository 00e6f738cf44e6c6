"""Steps of ratings and reviews: a row changes from one state to another, and undo changes it back."""

from __future__ import annotations

from data.errors import ConflictError
from data.records.ratings import RatingState
from data.records.reviews import ReviewState
from data.store import Store
from queues.ground.undo_steps import Step, StepKind, old_and_new


def mark(of: str, ticket_id: int, row: int, before: str, after: str) -> Step:
    """Return the step of a row that went from one state to another; a new row comes from `withdrawn`."""
    return {"kind": "quality", "of": of, "ticket": ticket_id, "row": row, "before": str(before), "after": str(after)}


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    """Undo or redo the step. Raises ConflictError if the row has changed since."""
    old, new = old_and_new(step, forward=forward)
    match step["of"]:
        case "question":
            turned = store.csat.turn_question(step["row"], old, new)
        case "rating":
            turned = store.csat.turn(step["row"], RatingState(old), RatingState(new))
        case "review":
            turned = store.reviews.turn(step["row"], ReviewState(old), ReviewState(new))
        case other:
            turned = store.reviews.turn_other(other, step["row"], old, new)
    if not turned:
        what = step["of"]
        if what == "review" and new == ReviewState.WITHDRAWN:
            raise ConflictError("Seen already", f"The agent has seen review {step['row']}; revise it instead.")
        raise ConflictError("Moved on", f"The {what} on #{step['ticket']} has changed since; look at it again.")


STEP_KINDS = {"quality": StepKind(_turn)}
