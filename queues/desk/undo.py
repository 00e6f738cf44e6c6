"""Takes an action's steps back, or does them again; each step refuses where somebody changed the same thing since.

An action is taken back whole or not at all. Once a reply or a mail to another team has left, the agent may take back
the rest: all that does not belong to what has left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data.errors import ConflictError, RuleError
from data.records.changes import StepAnswer
from data.records.escalations import EscalationState
from data.records.outbox import OutboxState
from data.records.problems import ProblemState
from data.records.tickets import Priority, Severity, Status, Ticket
from data.store import Store
from queues.desk import waiting_replies
from queues.desk.change_ticket import Acting, stored_draft
from queues.ground.undo_steps import ESCALATION, REPLY, Step
from queues.promises import promise_steps
from queues.quality import review_steps
from queues.shifts import shift

Gone = set[tuple[int, str]]
"""Ticket and part of what has left."""

RECALLABLE = frozenset({OutboxState.QUEUED, OutboxState.HELD, OutboxState.FAILED})
"""What surely has not left."""

_OF_A_REPLY = frozenset({"touches", "first_replied_at", "first_due", "next_due", "resolve_due", "waits", "updated_at"})
_NAMED = (
    "status",
    "tags",
    "priority",
    "severity",
    "topic",
    "assignee",
    "lane",
    "language",
    "procedure",
    "snoozed_until",
)
_LATER = {REPLY: "the replies that wait", ESCALATION: "the escalation"}


def undo(store: Store, steps: list[Step]) -> None:
    """Take the steps back, last first. Raises RuleError or ConflictError; the caller's transaction then drops all."""
    for step in reversed(steps):
        _turn(store, step, forward=False, due_at=None)


def left(store: Store, steps: list[Step]) -> Gone:
    """Return what has left of the steps' replies and mails, by ticket and part."""
    mails = [step for step in steps if step["kind"] == "outbox"]
    entries = [(step, store.outbox.get(step["entry"])) for step in mails]
    return {
        (step["ticket"], step["part"]) for step, entry in entries if entry is not None and entry.state not in RECALLABLE
    }


def rest(steps: list[Step], gone: Gone) -> list[str]:
    """Name what can be taken back without what is `gone`, in words for one sentence."""
    names: dict[str, None] = {}
    for step in _without(steps, gone):
        match step["kind"]:
            case "fields":
                names |= dict.fromkeys(_own_words(step, (step["ticket"], REPLY) in gone))
            case "outbox":
                names[_LATER[step["part"]]] = None
            case "message" if "part" not in step:
                names["the note"] = None
            case "escalation":
                names["the escalation"] = None
            case "link":
                names["the problem"] = None
            case "promise":
                names["the promise"] = None
            case "step":
                names["the step of the procedure"] = None
    return list(names)


def undo_rest(store: Store, acting: Acting, steps: list[Step], gone: Gone, now: int) -> None:
    """Take back what does not belong to what is `gone`; where a reply has left, its ticket stays answered."""
    for step in reversed(_without(steps, gone)):
        if step["kind"] == "fields" and (step["ticket"], REPLY) in gone:
            _reset_answered(store, acting, step, now)
        else:
            _turn(store, step, forward=False, due_at=None)


def _without(steps: list[Step], gone: Gone) -> list[Step]:
    return [step for step in steps if (step["ticket"], step.get("part", "")) not in gone]


def _own_words(step: Step, answered: bool) -> list[str]:
    """Return the fields that an agent would name; what follows from a reply stays where it has left."""
    changed = step["before"].keys() - (_OF_A_REPLY if answered else set())
    return [name for name in _NAMED if name in changed]


def _reset_answered(store: Store, acting: Acting, step: Step, now: int) -> None:
    """Set back what the agent decided besides the reply that has left; the clocks run as for an answered ticket."""
    names = step["before"].keys() - _OF_A_REPLY
    ticket = _unchanged(store, step["ticket"], {name: step["after"][name] for name in names})
    fields = {name: _plain(step["before"][name]) for name in names} | {"updated_at": now}
    if fields.get("status") == Status.NEW:
        fields["status"] = Status.OPEN
    acting.write_fields(ticket, fields | acting.clocks(replace(ticket, **_typed(fields)), now))


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
        case "settled":
            waiting_replies.turn(store, step, forward=forward)
        case "escalation":
            _turn_escalation(store, step, forward)
        case "link":
            _turn_link(store, step, forward)
        case "problem":
            _turn_problem(store, step, forward)
        case "promise":
            promise_steps.turn(store, step, forward=forward)
        case "quality":
            review_steps.turn(store, step, forward=forward)
        case "shift":
            shift.turn(store, step, forward=forward)
        case "customer":
            store.customers.remember(step["customer"], step["field"], step["after" if forward else "before"])
        case "step":
            kept = step["after" if forward else "before"]
            answer = None if kept is None else StepAnswer(**kept)
            store.work.take_step(step["ticket"], step["procedure"], step["step"], answer)


def _set_fields(store: Store, step: Step, forward: bool) -> None:
    old, new = (step["before"], step["after"]) if forward else (step["after"], step["before"])
    store.tickets.update(_unchanged(store, step["ticket"], old), {name: _plain(value) for name, value in new.items()})


def _unchanged(store: Store, ticket_id: int, values: Mapping[str, Any]) -> Ticket:
    """Return the ticket if it still has these values. Raises ConflictError where it has not."""
    ticket = store.tickets.get(ticket_id)
    if ticket is None or any(not _same(ticket, name, value) for name, value in values.items()):
        raise ConflictError("Ticket changed", f"#{ticket_id} was changed since; it cannot be taken back whole.")
    return ticket


def _plain(value: Any) -> Any:
    # steps come back from JSON, where a tuple has become a list
    return tuple(value) if isinstance(value, list) else value


def _typed(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields as a ticket holds them; steps come back from JSON, where a status has become a word."""
    kinds = {"status": Status, "priority": Priority, "severity": Severity}
    return {
        name: kinds[name](value) if name in kinds and value is not None else value for name, value in fields.items()
    }


def _same(ticket: Ticket, name: str, value: Any) -> bool:
    current = getattr(ticket, name)
    return bool((list(current) if isinstance(current, tuple) else current) == value)


def _turn_reply(store: Store, entry_id: int, forward: bool, due_at: int | None) -> None:
    entry = store.outbox.get(entry_id)
    if forward:
        moved = store.outbox.move(entry_id, OutboxState.RECALLED, OutboxState.QUEUED, due_at=due_at)
    else:
        moved = (
            entry is not None
            and entry.state in RECALLABLE
            and store.outbox.move(entry_id, entry.state, OutboxState.RECALLED)
        )
    if not moved:
        raise RuleError("Already left", "The reply has left and cannot be called back; write to the customer again.")


def _turn_escalation(store: Store, step: Step, forward: bool) -> None:
    old, new = (step["before"], step["after"]) if forward else (step["after"], step["before"])
    state, values = EscalationState(old["state"]), {**new, "state": EscalationState(new["state"])}
    if not store.escalations.turn(step["row"], state, **values):
        raise ConflictError("Escalation changed", f"E-{step['row']} has moved on since; it cannot be taken back whole.")


def _turn_link(store: Store, step: Step, forward: bool) -> None:
    old, new = (step["before"], step["after"]) if forward else (step["after"], step["before"])
    if store.problems.linked(step["ticket"]) != old:
        raise ConflictError("Ticket changed", f"#{step['ticket']} was linked anew since; look at it again.")
    store.problems.link(step["ticket"], new)


def _turn_problem(store: Store, step: Step, forward: bool) -> None:
    old, new = (step["before"], step["after"]) if forward else (step["after"], step["before"])
    problem = store.problems.get(step["row"])
    if new == ProblemState.WITHDRAWN and problem is not None and problem.tickets:
        raise ConflictError("Problem in use", f"P-{step['row']} has other tickets by now; unlink those first.")
    if not store.problems.turn(step["row"], ProblemState(old), ProblemState(new)):
        raise ConflictError("Problem changed", f"P-{step['row']} has moved on since; it cannot be taken back whole.")


def _turn_draft(store: Store, step: Step, forward: bool) -> None:
    draft = stored_draft(step["draft"])
    if forward:
        store.drafts.delete(draft.ticket_id, revision=draft.revision)
    elif store.drafts.get(draft.ticket_id) is None:
        store.drafts.save(draft, replacing=0)
