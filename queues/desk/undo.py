"""Undoes and redoes the steps of an action; each refuses if the same thing was changed since.

An action is undone as a whole or not at all. Once a reply or a mail to another team has been sent, the agent may undo
the rest: everything that does not belong to what was sent.
"""

from __future__ import annotations

from data.store import Store
from queues.desk import ticket_fields
from queues.desk.commands.messages import LEAVES_AT, OUTBOX, RECALLABLE
from queues.desk.commands.registry import STEP_KINDS
from queues.desk.desk_rules import DeskRules
from queues.desk.ticket_fields import FIELDS
from queues.ground.undo_steps import REPLY, Step

Gone = set[tuple[int, str]]
"""Ticket and part of what was sent."""


def undo(store: Store, steps: list[Step]) -> None:
    """Undo the steps, last first. Raises RuleError or ConflictError; the caller's transaction is then rolled back."""
    for step in reversed(steps):
        STEP_KINDS[step["kind"]].turn(store, step, forward=False)


def redo(store: Store, steps: list[Step], leaves_at: int) -> None:
    """Redo the steps, first to last; a mail is sent at `leaves_at`. Raises as `undo` does."""
    for step in steps:
        STEP_KINDS[step["kind"]].turn(store, step | {LEAVES_AT: leaves_at}, forward=True)


def already_sent(store: Store, steps: list[Step]) -> Gone:
    """Return which of the steps' replies and mails were sent, by ticket and part."""
    mails = [step for step in steps if step["kind"] == OUTBOX]
    entries = [(step, store.outbox.get(step["entry"])) for step in mails]
    return {
        (step["ticket"], step["part"]) for step, entry in entries if entry is not None and entry.state not in RECALLABLE
    }


def rest(steps: list[Step], gone: Gone) -> list[str]:
    """Name what can be undone without what is `gone`, as a list in a sentence."""
    names: dict[str, None] = {}
    for step in _without(steps, gone):
        if step["kind"] == FIELDS:
            names |= dict.fromkeys(ticket_fields.named_in(step, answered=_is_answered(step, gone)))
        elif name := STEP_KINDS[step["kind"]].name(step):
            names[name] = None
    return list(names)


def undo_rest(store: Store, rules: DeskRules, steps: list[Step], gone: Gone, now: int) -> None:
    """Undo what does not belong to what is `gone`; if a reply was sent, its ticket stays answered."""
    for step in reversed(_without(steps, gone)):
        if step["kind"] == FIELDS and _is_answered(step, gone):
            ticket_fields.reset_answered(store, rules, step, now)
        else:
            STEP_KINDS[step["kind"]].turn(store, step, forward=False)


def undo_apart(store: Store, rules: DeskRules, steps: list[Step], now: int) -> None:
    """Undo an action that is not the last. Raises ConflictError if something of it was changed again since."""
    for step in reversed([step for step in steps if step["kind"] != FIELDS]):
        STEP_KINDS[step["kind"]].turn(store, step, forward=False)
    for step in steps:
        if step["kind"] == FIELDS:
            ticket_fields.reset_apart(store, rules, step, now)


def _without(steps: list[Step], gone: Gone) -> list[Step]:
    return [step for step in steps if (step["ticket"], step.get("part", "")) not in gone]


def _is_answered(step: Step, gone: Gone) -> bool:
    """Return whether a reply on the step's ticket was sent."""
    return (step["ticket"], REPLY) in gone
