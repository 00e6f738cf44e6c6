"""Applies an action to one ticket: every command checks, then every command writes, then one event is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.errors import RuleError
from data.protocols import ReplyChecker, Sending
from data.records.changes import Change, Finding
from data.records.custom_fields import missing
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk import never_sent
from queues.desk.commands import set_status
from queues.desk.commands.command import TicketChange
from queues.desk.commands.registry import commands_of, status_after
from queues.desk.desk_rules import DeskRules
from queues.desk.gates import Gates
from queues.desk.lane_moves import lane_after
from queues.desk.recipient import address_of, customer_of
from queues.desk.route_again import PLACED_BY
from queues.desk.ticket_fields import changed_fields, with_clocks, write_fields
from queues.desk.transfers import refuse_merged
from queues.ground.statuses import DONE
from queues.ground.undo_steps import Step
from queues.outgoing import mail_bytes
from queues.procedures.safeguards import ABSOLUTE, NO_ADDRESS


class TicketChanger:
    """Applies changes inside the desk's transaction."""

    def __init__(self, store: Store, rules: DeskRules, checker: ReplyChecker | None, agent: str) -> None:
        self._store = store
        self._rules = rules
        self._checker = checker
        self._agent = agent
        self.gates = Gates(store, rules, agent)

    def carry_out(self, ticket: Ticket, change: Change, action: int, now: int) -> list[Step]:
        """Write the change and its event; return the steps that undo it.

        Raises RuleError if a command, a finding or a gate forbids it, ConflictError if the ticket or the draft
        has changed.
        """
        refuse_merged(ticket)
        change = never_sent.quotes_masked(change)
        commands = commands_of(change)
        work = TicketChange(
            self._store, self._rules, self.gates, self._agent, ticket, change, action, now, status_after(ticket, change)
        )
        for command in commands:
            command.check(work)
        work.detail.update(self._permission(ticket, change, now))
        tier = self._store.customers.tier_of(ticket.customer_id) if change.tier is not None else None
        for command in commands:
            command.write(work)
        set_status.follow(work)
        if moved := lane_after(self._store, self._rules, ticket, work.fields, tier):
            work.fields.update(moved)
            work.detail[PLACED_BY] = "filter"
        fields = with_clocks(self._store, self._rules, ticket, {**work.fields, "updated_at": now}, now)
        work.steps.extend(write_fields(self._store, ticket, fields))
        changed = changed_fields(ticket, fields)
        kind = "reply" if change.reply is not None else "note" if change.note is not None else "change"
        self._store.events.add(action, ticket.id, now, self._agent, kind, {"changed": changed, **work.detail})
        return work.steps

    def findings(self, ticket: Ticket, change: Change, now: int) -> list[Finding]:
        """Return the findings on the change, worst first."""
        if change.reply is not None and not change.reply.strip():
            return [Finding("empty", "The reply is empty; write something first.", blocking=True)]
        change = never_sent.quotes_masked(change)
        never = never_sent.findings(change)
        if change.forward is not None:
            return never + never_sent.without_doubles(self._of_a_forward(ticket, change, now), never)
        customer = customer_of(self._store, ticket)
        conversation = self._store.messages.of(ticket.id) if change.reply is not None else []
        to = ""
        if change.reply is not None:
            to = change.recipient or address_of(self._store, self._rules, ticket, conversation)
        findings = self.gates.objections(ticket, change, customer, to) + required_fields(self._rules, ticket, change)
        findings += _no_address(to, ticket) if to else []
        if self._checker is not None and change.reply is not None:
            sending = Sending(to, self._agent, now, self._store.people)
            findings += self._checker(change, ticket, customer, conversation, sending)
        watched = self.gates.watched(ticket)
        findings = [replace(finding, blocking=finding.blocking or finding.rule in watched) for finding in findings]
        findings = never + never_sent.without_doubles(findings, never)
        return sorted(findings, key=lambda finding: not finding.blocking)

    def _of_a_forward(self, ticket: Ticket, change: Change, now: int) -> list[Finding]:
        """Return the findings on a forward: the safeguards of a reply to its recipient, and what must not leave."""
        assert change.forward is not None
        if not change.forward.text.strip():
            return [Finding("empty", "The forward has no text; write what they should know.", blocking=True)]
        customer, to = customer_of(self._store, ticket), change.forward.to
        findings = self.gates.objections(ticket, as_reply(change), customer, to)
        findings += required_fields(self._rules, ticket, change)
        findings += _no_address(to, replace(ticket, connector=self._rules.mails_through(ticket)))
        if self._checker is not None:
            sending = Sending(to, self._agent, now, self._store.people)
            findings += self._checker(change, ticket, customer, self._store.messages.of(ticket.id), sending)
        watched = self.gates.watched(ticket)
        findings = [replace(finding, blocking=finding.blocking or finding.rule in watched) for finding in findings]
        return sorted(findings, key=lambda finding: not finding.blocking)

    def _permission(self, ticket: Ticket, change: Change, now: int) -> dict[str, Any]:
        """Return what the event records of findings and gates overridden by the agent's reason.

        Raises RuleError if there is no reason, or an insufficient one.
        """
        blocking = [finding for finding in self.findings(ticket, change, now) if finding.blocking]
        overridden: dict[str, None] = {}
        if change.override_reason:
            overridden = dict.fromkeys(finding.rule for finding in blocking if finding.rule not in ABSOLUTE)
            blocking = [finding for finding in blocking if finding.rule in ABSOLUTE]
        if blocking:
            title = "Not sent" if change.reply is not None or change.forward is not None else "Not done"
            raise RuleError(title, f"#{ticket.id}: {blocking[0].message}")
        if not change.override_reason:
            self.gates.refuse(ticket, as_reply(change))
        skipped = [step.id for step in self.gates.still_open(ticket, as_reply(change))]
        kept = {
            "override_reason": change.override_reason,
            "overridden": list(overridden),
            "skipped_steps": skipped,
        }
        return {name: value for name, value in kept.items() if value}


def required_fields(rules: DeskRules, ticket: Ticket, change: Change) -> list[Finding]:
    """Return the finding on custom fields without which the ticket cannot be solved or closed."""
    begins = (Status.SUSPENDED, Status.HISTORY, *DONE)
    if status_after(ticket, change) not in DONE or ticket.status in begins or change.merge_into is not None:
        return []
    names = ({**ticket.fields, **{name: value.strip() for name, value in change.fields.items()}}).items()
    lacking = missing(rules.fields, change.lane or ticket.lane, [name for name, value in names if value])
    if not lacking:
        return []
    labels = ", ".join(field.label for field in lacking)
    return [
        Finding(
            "required-field",
            f"Before it is solved it needs: {labels}. Set it first (U f, or `tridesk set --field`).",
            blocking=True,
        )
    ]


def as_reply(change: Change) -> Change:
    """Return the change as the gates on what is said see it: a forward leaves the house like a reply."""
    if change.forward is None:
        return change
    return replace(change, reply=change.forward.text, recipient=change.forward.to, forward=None)


def _no_address(recipient: str, ticket: Ticket) -> list[Finding]:
    """Return the finding on a reply that cannot be sent as a mail to its recipient."""
    try:
        mail_bytes.addressee("", recipient, ticket.connector)
    except RuleError as error:
        return [Finding(NO_ADDRESS, error.message, blocking=True)]
    return []
