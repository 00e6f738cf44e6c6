"""Takes an action's steps back, or does them again; each step refuses where somebody changed the same thing since."""

from __future__ import annotations

from typing import Any

from data.errors import ConflictError, RuleError
from data.records import EscalationState, OutboxState, Ticket
from data.store import Store
from queues.acting import stored_draft
from queues.steps import Step


def undo(store: Store, steps: list[Step]) -> None:
    """Take the steps back, last first. Raises RuleError or ConflictError; the caller's transaction then drops all."""
    for step in reversed(steps):
        _turn(store, step, forward=False, due_at=None)


def redo(store: Store, steps: list[Step], due_at: int) -> None:
    """Do the steps again, first first; a reply leaves at `due_at`."""
    for step in steps:
        _turn(store, step, forward=True, due_at=due_at)


def _turn(store: Store, step: Step, *, forward: bool, due_at: int | None) -> None:
    match step["kind"]:
        case "fields":
            _set_fields(store, step, forward)
        case "message":
            store.messages.withdraw(step["message"], not forward)
        case "outbox":
            _turn_reply(store, step["entry"], forward, due_at)
        case "draft":
            _turn_draft(store, step, forward)
        case "escalation":
            _turn_escalation(store, step, forward)
        case "work":
            store.work.set_state(step["table"], step["row"], "open" if forward else "withdrawn")
        case "customer":
            store.customers.set_language(step["customer"], step["after" if forward else "before"])
        case "step":
            value = step["after" if forward else "before"]
            store.work.take_step(step["ticket"], step["procedure"], step["step"], value, step["at"], step["actor"])


def _set_fields(store: Store, step: Step, forward: bool) -> None:
    old, new = (step["before"], step["after"]) if forward else (step["after"], step["before"])
    ticket = store.tickets.get(step["ticket"])
    if ticket is None or any(not _same(ticket, name, value) for name, value in old.items()):
        raise ConflictError("Ticket changed", f"#{step['ticket']} was changed since; it cannot be taken back whole.")
    # steps come back from JSON, where a tuple has become a list
    store.tickets.update(
        ticket, {name: tuple(value) if isinstance(value, list) else value for name, value in new.items()}
    )


def _same(ticket: Ticket, name: str, value: Any) -> bool:
    current = getattr(ticket, name)
    return bool((list(current) if isinstance(current, tuple) else current) == value)


def _turn_reply(store: Store, entry_id: int, forward: bool, due_at: int | None) -> None:
    if forward:
        moved = store.outbox.move(entry_id, OutboxState.RECALLED, OutboxState.QUEUED, due_at=due_at)
    else:
        moved = store.outbox.move(entry_id, OutboxState.QUEUED, OutboxState.RECALLED)
    if not moved:
        raise RuleError("Already left", "The reply has left and cannot be called back; write to the customer again.")


def _turn_escalation(store: Store, step: Step, forward: bool) -> None:
    old, new = (step["before"], step["after"]) if forward else (step["after"], step["before"])
    state, values = EscalationState(old["state"]), {**new, "state": EscalationState(new["state"])}
    if not store.escalations.turn(step["row"], state, **values):
        raise ConflictError("Escalation changed", f"E-{step['row']} has moved on since; it cannot be taken back whole.")


def _turn_draft(store: Store, step: Step, forward: bool) -> None:
    draft = stored_draft(step["draft"])
    if forward:
        store.drafts.delete(draft.ticket_id)
    elif store.drafts.get(draft.ticket_id) is None:
        store.drafts.save(draft, replacing=0)
