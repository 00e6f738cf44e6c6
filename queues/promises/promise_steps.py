"""Promises as part of an action: made with a reply, kept or broken by the next reply, undone with the action."""

from __future__ import annotations

from typing import Any

from data.errors import ConflictError
from data.records.changes import Change
from data.records.promises import Promise, PromiseState
from data.records.tickets import Ticket
from data.store import Store
from queues.clocks.calendar import Calendar
from queues.ground.statuses import DONE
from queues.ground.undo_steps import REPLY, Step, StepKind, old_and_new, part_of
from queues.promises.find_promises import promise_in


def of_change(change: Change, office: Calendar, now: int) -> Promise | None:
    """Return the change's promise: the explicit promise, else the first time named in its reply."""
    if change.gives_no_promise or change.promise is not None or change.reply is None:
        return None if change.gives_no_promise else change.promise
    return promise_in(change.reply, now, office)


def carry_out(
    store: Store,
    ticket: Ticket,
    change: Change,
    promise: Promise | None,
    written: list[Step],
    now: int,
    agent: str,
    *,
    done: bool,
) -> list[Step]:
    """Settle earlier promises if this answers them, then store the new promise; return the steps.

    `written` are the steps of the change so far, its message first; `done` tells that the ticket is done with now.
    """
    answers = change.reply is not None or (done and ticket.status not in DONE)
    steps = settle(store, ticket, now) if answers else []
    if promise is not None:
        message = next((step["message"] for step in written if step["kind"] == "message"), None)
        number = message if change.reply is not None else None
        steps.append(give(store, ticket, promise, now, agent, number))
    # a promise made in a reply belongs to the reply
    return steps if change.reply is None else part_of(REPLY, steps)


def give(store: Store, ticket: Ticket, promise: Promise, now: int, agent: str, message_id: int | None) -> Step:
    """Store a promise; return the step."""
    row = store.promises.add(ticket.id, promise, at=now, by=agent, message_id=message_id)
    return _step(ticket, row, PromiseState.WITHDRAWN, PromiseState.OPEN, None) | {"due_at": promise.due_at}


def settle(store: Store, ticket: Ticket, now: int) -> list[Step]:
    """Mark the promises to this customer as kept, or as broken if late; return the steps."""
    steps = []
    for promise in store.promises.of(ticket.id):
        if promise.state is PromiseState.OPEN:
            state = PromiseState.KEPT if now <= promise.due_at else PromiseState.BROKEN
            store.promises.turn(promise.id, PromiseState.OPEN, state, now)
            steps.append(_step(ticket, promise.id, PromiseState.OPEN, state, now))
    return steps


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    """Undo or redo a promise's step. Raises ConflictError if the promise has changed since."""
    old, new = old_and_new(step, forward=forward)
    settled_at: Any = step["at"] if forward else None
    if not store.promises.turn(step["row"], PromiseState(old), PromiseState(new), settled_at):
        raise ConflictError("Promise changed", f"A promise on #{step['ticket']} was settled since; look at it again.")


def event_detail(steps: list[Step]) -> dict[str, Any]:
    """Return what the event keeps: when the answer is due that was promised, and what became of earlier promises."""
    promises = [step for step in steps if step["kind"] == "promise"]
    given = [step["due_at"] for step in promises if step["after"] == PromiseState.OPEN]
    settled = [str(step["after"]) for step in promises if step["after"] != PromiseState.OPEN]
    return ({"promised": given[0]} if given else {}) | ({"promises": settled} if settled else {})


def _step(ticket: Ticket, row: int, before: PromiseState, after: PromiseState, at: int | None) -> Step:
    return {"kind": "promise", "ticket": ticket.id, "row": row, "before": before, "after": after, "at": at}


STEP_KINDS = {"promise": StepKind(_turn, lambda step: "the promise")}
