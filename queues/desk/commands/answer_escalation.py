"""The outcome of an escalation, recorded by an agent: answered, sent back, or closed."""

from __future__ import annotations

from dataclasses import replace

from data.errors import RuleError
from data.records.changes import Change
from data.records.escalations import BACK, Escalation, EscalationState, TeamAnswer
from data.records.messages import Direction
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk import escalations
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange


class AnswerEscalation(Command):
    """Settles an escalation, with the team's text as a note in its name; a ticket on hold for it is open again."""

    def asked(self, change: Change) -> bool:
        """An escalation is answered, returned or closed."""
        return change.team_answer is not None

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """It is our turn once the team has answered."""
        if change.team_answer is None or change.team_answer.state not in BACK:
            return None
        return escalations.wakes(ticket.status)

    def write(self, work: TicketChange) -> None:
        """Write the escalation's new state, and a note with the team's text, if any."""
        answer = work.change.team_answer
        assert answer is not None
        child = _answerable(work.store, work.ticket, answer)
        settled_at = work.now if answer.state in BACK else child.settled_at
        reference = answer.reference or child.reference
        after = replace(child, state=answer.state, reference=reference, settled_at=settled_at)
        work.steps.extend(escalations.turned(work.store, child, after))
        if answer.text.strip():
            note = messages.own_message(work, Direction.NOTE, answer.text)
            work.steps.append(messages.insert(work, replace(note, from_name=child.team)))
        work.detail.update({"escalation": answer.escalation, "state": answer.state})

    def describe(self, change: Change) -> str:
        """Return the escalation and its new state."""
        answer = change.team_answer
        return f"E-{answer.escalation} {answer.state}" if answer is not None else ""


def _answerable(store: Store, ticket: Ticket, answer: TeamAnswer) -> Escalation:
    """Return the escalation being answered. Raises RuleError if it cannot be answered, or not in this way."""
    child = store.escalations.get(answer.escalation)
    if child is None or child.ticket_id != ticket.id or child.state is EscalationState.WITHDRAWN:
        raise RuleError(
            "No such escalation", f"#{ticket.id} has no escalation E-{answer.escalation}; check the number."
        )
    if child.state is EscalationState.CLOSED:
        raise RuleError("Escalation is closed", f"{child.label} is closed; escalate #{ticket.id} again.")
    if answer.state not in (*BACK, EscalationState.CLOSED):
        raise RuleError("Not an answer", f"{child.label} can be answered, returned or closed, not {answer.state}.")
    if answer.state is EscalationState.ANSWERED and not answer.text.strip():
        raise RuleError("Empty answer", f"Write what {child.team} answered to {child.label}.")
    return child
