"""Promises as part of an action: given with a reply, kept or broken by the next word, taken back with the action."""

from __future__ import annotations

from typing import Any

from data.errors import ConflictError
from data.records import Promise, PromiseState, Ticket
from data.store import Store
from queues.steps import Step


def give(store: Store, ticket: Ticket, promise: Promise, now: int, agent: str, message_id: int | None) -> Step:
    """Store a promise; return the step."""
    row = store.promises.add(ticket.id, promise, at=now, by=agent, message_id=message_id)
    return _step(ticket, row, PromiseState.WITHDRAWN, PromiseState.OPEN, None) | {"due_at": promise.due_at}


def settle(store: Store, ticket: Ticket, now: int) -> list[Step]:
    """Mark what was promised to this customer as kept, or as broken where it is late; return the steps."""
    steps = []
    for promise in store.promises.of(ticket.id):
        if promise.state is PromiseState.OPEN:
            state = PromiseState.KEPT if now <= promise.due_at else PromiseState.BROKEN
            store.promises.turn(promise.id, PromiseState.OPEN, state, now)
            steps.append(_step(ticket, promise.id, PromiseState.OPEN, state, now))
    return steps


def turn(store: Store, step: Step, *, forward: bool) -> None:
    """Take a promise's step back, or do it again. Raises ConflictError where the promise moved on since."""
    old, new = ("before", "after") if forward else ("after", "before")
    settled_at: Any = step["at"] if forward else None
    if not store.promises.turn(step["row"], PromiseState(step[old]), PromiseState(step[new]), settled_at):
        raise ConflictError("Promise changed", f"A promise on #{step['ticket']} was settled since; look at it again.")


def told(steps: list[Step]) -> dict[str, Any]:
    """Return what the event keeps: when the answer is due that was promised, and what became of earlier promises."""
    ours = [step for step in steps if step["kind"] == "promise"]
    given = [step["due_at"] for step in ours if step["after"] == PromiseState.OPEN]
    settled = [str(step["after"]) for step in ours if step["after"] != PromiseState.OPEN]
    return ({"promised": given[0]} if given else {}) | ({"promises": settled} if settled else {})


def _step(ticket: Ticket, row: int, before: PromiseState, after: PromiseState, at: int | None) -> Step:
    return {"kind": "promise", "ticket": ticket.id, "row": row, "before": before, "after": after, "at": at}
