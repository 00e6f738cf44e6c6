"""Escalations in the desk: how a mail refers to an escalation, who may answer it, and its states.

The mail has an id that only we issue, as its Message-ID and in the subject: `[E-12-3f9a0c1e]`. An answer joins the
ticket as a note if it has that id and comes from an address of the team; otherwise it is a mail like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from data.errors import ConflictError
from data.records.escalations import BACK, Escalation, EscalationState
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxEntry
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.ground import teams
from queues.ground.undo_steps import Step, StepKind, old_and_new

KIND = "escalation"
"""The kind of the step."""
_MARK = re.compile(r"\[E-(\d{1,15})-([0-9a-f]{8})\]")
_OURS = re.compile(r"<tridesk\.[ef]\d+\.")
_WAITING = frozenset({Status.ON_HOLD, Status.PENDING, Status.SNOOZED})


def opened(child: Escalation) -> Step:
    """Return the step of an escalation that was just opened."""
    return _step(replace(child, state=EscalationState.WITHDRAWN), child)


def subject_mark(child: Escalation, message_id: str) -> str:
    """Return the id in the subject of the mail to the team and of its answer: `[E-12-3f9a0c1e]`."""
    return f"[{child.label}-{_code(message_id)}]"


def turned(store: Store, before: Escalation, after: Escalation) -> list[Step]:
    """Write the escalation's new state and return the step; None if nothing changed."""
    if _facts(before) == _facts(after):
        return []
    store.escalations.turn(before.id, before.state, after.state, after.reference, after.settled_at)
    return [_step(before, after)]


def close_settled(store: Store, ticket: Ticket) -> list[Step]:
    """Close what came back from other teams: its ticket is solved."""
    steps: list[Step] = []
    for child in store.escalations.of(ticket.id):
        if child.state in BACK:
            steps += turned(store, child, replace(child, state=EscalationState.CLOSED))
    return steps


def wakes(status: Status) -> Status:
    """Return the status once another team has answered: waiting tickets are open again."""
    return Status.OPEN if status in _WAITING else status


def child_of(store: Store, item: Incoming) -> Escalation | None:
    """Return the escalation whose id an incoming mail has, whoever sent it."""
    named = store.escalations.by_message_ids((*item.references, *([item.message_id] if item.message_id else [])))
    if named is not None:
        return named
    for number, code in _MARK.findall(item.subject):
        child = store.escalations.get(int(number))
        if child is None or child.state is EscalationState.WITHDRAWN:
            continue
        if child.message_id and _code(child.message_id) == code:
            return child
    return None


def is_from_team(child: Escalation, item: Incoming, known: Iterable[teams.Team]) -> bool:
    """Return whether the mail comes from an address of the escalation's team, or is a bounce of our mail to it."""
    if item.direction is not Direction.IN:
        return False
    if item.kind is MessageKind.BOUNCE:
        return True
    sender = item.from_address.casefold()
    return bool(sender) and (sender == child.address.casefold() or teams.find(known, child.team).speaks_from(sender))


def is_to_others(entry: OutboxEntry) -> bool:
    """Return whether an outgoing mail goes to another team or a third party rather than to a customer."""
    return _OURS.match(entry.message_id) is not None


def _code(message_id: str) -> str:
    """Return the beginning of the random part of our Message-ID."""
    return message_id.partition("@")[0].rpartition(".")[2][:8]


def _facts(child: Escalation) -> dict[str, str | int | None]:
    return {"state": child.state.value, "reference": child.reference, "settled_at": child.settled_at}


def _step(before: Escalation, after: Escalation) -> Step:
    step: Step = {"kind": KIND, "ticket": after.ticket_id, "row": after.id}
    return step | {"before": _facts(before), "after": _facts(after)}


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    old, new = old_and_new(step, forward=forward)
    state, values = EscalationState(old["state"]), {**new, "state": EscalationState(new["state"])}
    if not store.escalations.turn(step["row"], state, **values):
        raise ConflictError("Escalation changed", f"E-{step['row']} has changed since; it cannot be undone as a whole.")


STEP_KINDS = {KIND: StepKind(_turn, lambda step: "the escalation")}
