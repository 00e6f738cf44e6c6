"""Every kind of change and every kind of undo step, each in one list. A new kind of change is a new line here."""

from __future__ import annotations

from collections.abc import Mapping

from data.records.changes import Change
from data.records.tickets import Status, Ticket
from queues.desk import (
    escalations,
    form_drafts,
    forwards,
    gates,
    problems,
    redact,
    ticket_fields,
    transfers,
    waiting_replies,
)
from queues.desk.commands import decide_copies, hand_over, link_problem, messages, remembered, set_harm
from queues.desk.commands.answer_escalation import AnswerEscalation
from queues.desk.commands.assign import Assign
from queues.desk.commands.command import Command
from queues.desk.commands.decide_copies import DecideCopies
from queues.desk.commands.escalate import Escalate
from queues.desk.commands.forward import ForwardTicket
from queues.desk.commands.hand_over import HandOver
from queues.desk.commands.link_problem import LinkProblem
from queues.desk.commands.merge import Merge
from queues.desk.commands.move_messages import MoveMessages
from queues.desk.commands.note import Note
from queues.desk.commands.promise import GivePromise
from queues.desk.commands.reply import Reply
from queues.desk.commands.set_automatic import SetAutomatic
from queues.desk.commands.set_customer import SetName, SetTier
from queues.desk.commands.set_field import SetField
from queues.desk.commands.set_fields import SetFields
from queues.desk.commands.set_harm import SetHarm
from queues.desk.commands.set_language import SetLanguage, SetRegion, SetRegister
from queues.desk.commands.set_status import SetStatus
from queues.desk.commands.snooze import Snooze
from queues.desk.commands.tag import Tag
from queues.ground.undo_steps import StepKind
from queues.promises import promise_steps
from queues.quality import review_steps
from queues.shifts import shift

_REPLY, _NOTE, _ESCALATE, _ANSWER_ESCALATION = Reply(), Note(), Escalate(), AnswerEscalation()
_SNOOZE, _SET_STATUS, _ASSIGN, _MERGE, _FORWARD = Snooze(), SetStatus(), Assign(), Merge(), ForwardTicket()
_HAND_OVER = HandOver()

COMMANDS: tuple[Command, ...] = (
    _MERGE,
    MoveMessages(),
    DecideCopies(),
    _REPLY,
    _NOTE,
    _HAND_OVER,
    _FORWARD,
    _ESCALATE,
    _ANSWER_ESCALATION,
    LinkProblem(),
    _SNOOZE,
    _SET_STATUS,
    _ASSIGN,
    SetLanguage(),
    SetRegister(),
    SetRegion(),
    SetTier(),
    SetName(),
    SetHarm(),
    SetAutomatic(),
    SetField("priority"),
    SetField("severity"),
    SetField("topic"),
    SetField("lane"),
    SetField("procedure"),
    SetFields(),
    Tag(),
    GivePromise(),
)
"""In the order in which they are checked, written and named in the summary.

Who is in Cc comes before the reply that goes to them. Language, harm and what is given back to the rules come before
the fields that they may change (lane, priority, tags), so that the agent's own values win.
"""

DECIDES_STATUS: tuple[Command, ...] = (
    _MERGE,
    _SNOOZE,
    _SET_STATUS,
    _ESCALATE,
    _REPLY,
    _ANSWER_ESCALATION,
    _NOTE,
    _HAND_OVER,
    _FORWARD,
    _ASSIGN,
)
"""The precedence of commands for the status: the first that returns a status decides."""

STEP_KINDS: Mapping[str, StepKind] = {
    **ticket_fields.STEP_KINDS,
    **messages.STEP_KINDS,
    **hand_over.STEP_KINDS,
    **escalations.STEP_KINDS,
    **forwards.STEP_KINDS,
    **form_drafts.STEP_KINDS,
    **redact.STEP_KINDS,
    **link_problem.STEP_KINDS,
    **transfers.STEP_KINDS,
    **decide_copies.STEP_KINDS,
    **problems.STEP_KINDS,
    **remembered.STEP_KINDS,
    **set_harm.STEP_KINDS,
    **promise_steps.STEP_KINDS,
    **gates.STEP_KINDS,
    **review_steps.STEP_KINDS,
    **shift.STEP_KINDS,
    **waiting_replies.STEP_KINDS,
}
"""The undo and redo of each kind of step, from the file that writes it."""


def commands_of(change: Change) -> list[Command]:
    """Return the commands that the change includes, in order."""
    return [command for command in COMMANDS if command.asked(change)]


def status_after(ticket: Ticket, change: Change) -> Status:
    """Return the ticket's status after the change."""
    wanted = (command.status_after(ticket, change) for command in DECIDES_STATUS if command.asked(change))
    return next((status for status in wanted if status is not None), ticket.status)
