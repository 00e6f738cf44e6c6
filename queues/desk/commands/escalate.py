"""Escalating to another team: the escalation, its text as a note, and its mail if the team has an address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from data.errors import RuleError
from data.records.changes import Change
from data.records.escalations import Escalation, EscalationState
from data.records.messages import Direction
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status, Ticket
from queues.desk import escalations
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses, teams
from queues.ground.undo_steps import ESCALATION, Step, part_of
from queues.outgoing import mail_bytes


class Escalate(Command):
    """Opens an escalation; the ticket is on hold until the team answers, unless the customer is answered as well."""

    def asked(self, change: Change) -> bool:
        """The change names a team."""
        return change.escalate is not None

    def check(self, work: TicketChange) -> None:
        """Refuse an escalation without a team."""
        if work.change.escalate is not None and not work.change.escalate.team.strip():
            raise RuleError("No team", f"#{work.ticket.id} is escalated without a team; name the team.")

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """An escalated ticket waits for the other team; a finished ticket stays finished."""
        if change.reply is not None:
            return None
        return ticket.status if ticket.status in statuses.DONE else Status.ON_HOLD

    def write(self, work: TicketChange) -> None:
        """Store the escalation, its note and its mail, and answer the procedure step that requires it."""
        asked, store, ticket = work.change.escalate, work.store, work.ticket
        assert asked is not None
        team = teams.find(work.rules.teams, asked.team)
        child = replace(
            asked, team=team.name, id=0, ticket_id=ticket.id, opened_at=work.now, opened_by=work.agent,
            state=EscalationState.OPEN,
        )  # fmt: skip
        child = replace(child, id=store.escalations.insert(child))
        child = replace(child, note=asked.note.strip() or _default_text(child, ticket))
        note = messages.own_message(work, Direction.NOTE, child.note, language=team.language)
        note = replace(note, subject=f"{child.label}: {team.name}")
        steps = [escalations.opened(child), messages.insert(work, note), *_mail(work, child, team.address)]
        steps += work.gates.handed_over(ticket, asked.team, work.now)
        work.steps.extend(part_of(ESCALATION, steps))
        work.detail["escalated_to"] = asked.team

    def describe(self, change: Change) -> str:
        """Return the team that it was escalated to."""
        return f"escalated to {change.escalate.team}" if change.escalate is not None else ""


def _mail(work: TicketChange, child: Escalation, address: str) -> list[Step]:
    """Queue the mail to the team. A mirrored ticket of another system has no mail account to send through."""
    store, rules, ticket = work.store, work.rules, work.ticket
    connector = rules.mails_through(ticket)
    if not address or not connector:
        return []
    sender = rules.sender_for(connector)
    message_id = mail_bytes.new_message_id(f"e{child.id}", sender.address)
    mark = escalations.subject_mark(child, message_id)
    raw = mail_bytes.build(
        text=f"{child.note}\n\n{mark}",
        subject=f"{mark} {ticket.subject}",
        sender=sender.address,
        brand=sender.brand,
        recipient=mail_bytes.addressee(child.team, address, connector),
        message_id=message_id,
        at=work.now,
        earlier=(),
        answers=False,
    )
    store.escalations.mailed(child.id, address, message_id)
    leaves_at = work.now + rules.undo_seconds
    entry = OutboxEntry(0, ticket.id, work.action, connector, OutboxState.QUEUED, message_id, address, raw, leaves_at)
    return [{"kind": messages.OUTBOX, "ticket": ticket.id, "entry": store.outbox.insert(entry)}]


def _default_text(child: Escalation, ticket: Ticket) -> str:
    """Return the default text for a team without a template."""
    lines = [f"{child.label}, ticket #{ticket.id}: {' '.join(ticket.subject.split())}"]
    if child.reason:
        lines.append(f"Reason: {child.reason}")
    if child.reference:
        lines.append(f"Your reference: {child.reference}")
    if child.due_at is not None:
        lines.append(f"Answer by: {datetime.fromtimestamp(child.due_at, UTC):%Y-%m-%d %H:%M} UTC")
    return "\n".join(lines)
