"""An agent's decision about a reply that was not sent: send it anyway, confirm that it arrived, or drop it."""

from __future__ import annotations

from enum import StrEnum

from data.errors import ConflictError, RuleError
from data.records.messages import Draft
from data.records.outbox import OutboxEntry, OutboxState
from data.store import Store
from queues.ground.undo_steps import Step, StepKind, old_and_new


class Wish(StrEnum):
    """The decisions about a waiting reply."""

    SEND = "send"
    """Send it now, despite what came in or went wrong."""
    ARRIVED = "arrived"
    """It has arrived: nothing is sent."""
    DROP = "drop"
    EDIT = "edit"
    """Drop it, and keep its text as the ticket's draft."""


_FROM = {
    Wish.SEND: (OutboxState.HELD, OutboxState.FAILED, OutboxState.IN_DOUBT, OutboxState.QUEUED),
    Wish.ARRIVED: (OutboxState.IN_DOUBT,),
    Wish.DROP: (OutboxState.HELD, OutboxState.FAILED, OutboxState.IN_DOUBT, OutboxState.QUEUED),
    Wish.EDIT: (OutboxState.HELD, OutboxState.FAILED, OutboxState.IN_DOUBT, OutboxState.QUEUED),
}
_TO = {
    Wish.SEND: OutboxState.QUEUED, Wish.ARRIVED: OutboxState.SENT,
    Wish.DROP: OutboxState.RECALLED, Wish.EDIT: OutboxState.RECALLED,
}  # fmt: skip


def settle(store: Store, entry: OutboxEntry, wish: Wish, now: int) -> list[Step]:
    """Apply the decision and return its step.

    Raises RuleError if it is too late for that, ConflictError if the reply has just changed.
    """
    if entry.state not in _FROM[wish]:
        raise RuleError("Not possible", f"The reply is {entry.state}; {wish} does not fit.")
    if wish is Wish.ARRIVED:
        moved = store.outbox.arrived(entry.id, entry.state, now)
    elif wish is Wish.SEND and entry.state is OutboxState.QUEUED:
        moved = store.outbox.hurry(entry.id, now)
    else:
        moved = store.outbox.move(entry.id, entry.state, _TO[wish], due_at=now)
    if not moved:
        raise ConflictError("Reply changed", "The reply is already being sent; look at the outbox again.")
    if wish is Wish.SEND:
        store.outbox.clear(entry.id)
    step: Step = {"kind": "settled", "ticket": entry.ticket_id, "entry": entry.id, "before": entry.state,
                  "after": _TO[wish]}  # fmt: skip
    own = store.messages.sent_by_us(entry.ticket_id, entry.message_id)
    if own is not None and _TO[wish] is OutboxState.RECALLED:
        store.messages.withdraw(own.id, True)
        step["message"] = own.id
        if wish is Wish.EDIT and store.drafts.get(entry.ticket_id) is None:
            draft = Draft(entry.ticket_id, own.text, revision=1, updated_at=now, macro=own.macro, language=own.language)
            store.drafts.save(draft, replacing=0)
    return [step]


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    """Undo or redo the decision. Raises RuleError if the reply has changed since."""
    old, new = old_and_new(step, forward=forward)
    if old != new and not store.outbox.move(step["entry"], OutboxState(old), OutboxState(new)):
        raise RuleError("Already left", "The reply has changed and cannot be recalled.")
    if "message" in step:
        store.messages.withdraw(step["message"], forward)


STEP_KINDS = {"settled": StepKind(_turn)}
