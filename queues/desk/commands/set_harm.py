"""Correcting what the desk took a customer's report for: harm of a kind, or none. It learns from that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.errors import RuleError
from data.records.changes import Change
from data.records.harm import CORRECTED
from data.records.messages import Message
from data.records.tickets import Priority, Ticket
from data.store import Store
from queues.desk.commands.command import Command, TicketChange
from queues.desk.later_harm import is_heard
from queues.desk.route_again import facts_again
from queues.ground.undo_steps import Step as Undo
from queues.ground.undo_steps import StepKind, old_and_new
from queues.routing import harm_model
from queues.routing.harm_model import HARM
from queues.routing.rules import NO_HARM, Route, corrected

LEARNED = "harm"
"""The kind of the step."""
_PRIORITIES = tuple(Priority)


class SetHarm(Command):
    """Sets lane, severity, topic, procedure and tags as the rules have them for this kind of harm, or without harm."""

    def asked(self, change: Change) -> bool:
        """The change names a kind of harm, or none."""
        return change.harm is not None

    def check(self, work: TicketChange) -> None:
        """Refuse a kind that there is not or that no rule handles, and leaving a procedure before its gates."""
        ticket, kind = work.ticket, work.change.harm
        if kind not in (NO_HARM, *HARM):
            raise RuleError("No such harm", f"{kind!r} is not a kind of harm; use {', '.join(HARM)} or {NO_HARM}.")
        if _said(work.store, ticket) is None:
            raise RuleError("Nothing to correct", f"#{ticket.id} has no message of the customer's.")
        fields = _fields(work)
        if fields is None:
            raise RuleError(
                "No rule for it", f"No routing rule is for {kind}; set lane and severity instead (`tridesk set`)."
            )
        if not work.change.override_reason:
            work.gates.refuse_leaving(ticket, replace(ticket, **fields))

    def write(self, work: TicketChange) -> None:
        """Set the fields, and keep the correction with the message that sounds most like harm."""
        said, fields = _said(work.store, work.ticket), _fields(work)
        assert said is not None  # checked
        assert fields is not None
        work.fields.update(fields)
        before, after = work.store.harm_corrections.of(said.id), str(work.change.harm)
        work.detail["harm"] = after
        if after != before:
            work.store.harm_corrections.save(said.id, after)
            step: Undo = {"kind": LEARNED, "ticket": work.ticket.id, "message": said.id}
            work.steps.append(step | {"before": before, "after": after})

    def describe(self, change: Change) -> str:
        """Return the kind."""
        return "not harm" if change.harm == NO_HARM else f"harm: {change.harm}"


def _said(store: Store, ticket: Ticket) -> Message | None:
    """Return the customer's message that sounds most like harm, the first of equals; None if there is none."""
    messages = [message for message in store.messages.of(ticket.id) if is_heard(message)]
    model = harm_model.load()
    return max(
        messages,
        key=lambda message: model.heard(f"{message.subject}\n{message.new_text or message.text}").loudest("harm"),
        default=None,
    )


def _fields(work: TicketChange) -> dict[str, Any] | None:
    """Return the ticket's new fields, None if no rule is for this kind of harm."""
    ticket, rules = work.ticket, work.rules.routing
    kind = str(work.change.harm)
    tier = work.store.customers.tier_of(ticket.customer_id)
    taken = corrected(rules, work.rules.lanes, facts_again(ticket, tier, work.store.messages.opening(ticket.id)), kind)
    if taken is None:
        return None
    kept = [tag for tag in ticket.tags if tag not in rules.harm_tags]
    fields = {
        "lane": taken.lane,
        "severity": taken.severity,
        "tags": tuple(dict.fromkeys((*kept, *taken.tags))),
        "reason": f"{CORRECTED}{work.agent}: {'no harm' if kind == NO_HARM else kind}",
    }
    return fields | (_without_harm(work, taken) if kind == NO_HARM else _with_harm(ticket, taken))


def _with_harm(ticket: Ticket, taken: Route) -> dict[str, Any]:
    return {
        "topic": taken.topic,
        "procedure": taken.procedure,
        "priority": max(ticket.priority, taken.priority, key=_PRIORITIES.index),
    }


def _without_harm(work: TicketChange, taken: Route) -> dict[str, Any]:
    """A topic that is not one of harm stays, and follows its own procedure again."""
    ticket = work.ticket
    if not ticket.topic or ticket.topic in work.rules.routing.harm_topics:
        return {"topic": taken.topic, "procedure": taken.procedure, "priority": taken.priority}
    procedure = taken.procedure if taken.topic == ticket.topic else ""
    return {"procedure": procedure, "priority": taken.priority}


def _turn(store: Store, step: Undo, *, forward: bool) -> None:
    _, new = old_and_new(step, forward=forward)
    store.harm_corrections.save(step["message"], new)


STEP_KINDS = {LEARNED: StepKind(_turn)}
