"""What an agent asks of a ticket, the desk's findings, and what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.records.escalations import Escalation, TeamAnswer
from data.records.forwards import Forward
from data.records.outbox import Enclosure
from data.records.promises import Promise
from data.records.tickets import Priority, Status

AUTOMATIC = ("lane", "topic", "severity", "priority")
"""The fields of a ticket that an agent may give back to the rules."""


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """What was answered at a step of a procedure, by whom and when."""

    value: Any
    """True, or a text, or one of the step's choices."""
    at: int
    actor: str


@dataclass(frozen=True, slots=True)
class Change:
    """What an agent asks of a ticket, applied and undone as one action. An unset field changes nothing."""

    reply: str | None = None
    note: str | None = None
    status: Status | None = None
    priority: Priority | None = None
    severity: str | None = None
    """A severity, or the empty string for none known."""
    harm: str | None = None
    """The kind of harm that the customer reports, `none` for no harm: lane, severity, topic and procedure follow."""
    topic: str | None = None
    """What the request is about, as rules and macros name it."""
    assignee: str | None = None
    """An agent's name, or the empty string if unassigned."""
    hand_to: str = ""
    """The colleague to whom the ticket is handed over; the note says what is left."""
    hand_answer: str = ""
    """What the agent answers to a hand-over (`HandoverState`): accepted, given back, or taken back by its author."""
    lane: str | None = None
    automatic: tuple[str, ...] = ()
    """Names of fields that the rules set again, from now on too (`AUTOMATIC`)."""
    language: str | None = None
    """ISO 639-1; remembered for the customer. `und` takes the ticket back to triage."""
    register: str | None = None
    """How Spanish addresses the customer from now on: `tu`, `usted`, `vos`, or empty for the house default."""
    region: str | None = None
    """The customer's locale from now on, such as `es-MX`, or the empty string."""
    tier: str | None = None
    """The customer's tier from now on; the empty string for the standard one."""
    customer_name: str | None = None
    """The customer's name, as it should have been."""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    """New values of custom fields, by name; the empty string clears one."""
    escalate: Escalation | None = None
    team_answer: TeamAnswer | None = None
    problem: int | None = None
    """The number of the problem to link to, 0 for none."""
    new_problem: str = ""
    """The title of a problem to open and link to; the tickets of one action share it."""
    snooze_until: int | None = None
    promise: Promise | None = None
    """None for what the reply itself promises, if anything."""
    gives_no_promise: bool = False
    """The reply promises nothing, whatever its text looks like."""
    procedure: str | None = None
    forward: Forward | None = None
    """A mail to a third party."""
    merge_into: int | None = None
    """The number of the ticket that this one becomes a part of."""
    move: tuple[int, ...] = ()
    """The numbers of messages that go to another ticket."""
    move_to: int | None = None
    """The number of that ticket; None for a new one."""
    other_customer: bool = False
    """The agent knows that the tickets to be joined are from different customers."""
    macro: str = ""
    """The macro that the reply came from, for the record; several as `data.macro_names` joins them."""
    subject: str = ""
    """The reply's own subject; empty for an answer to the ticket's."""
    attachments: tuple[Enclosure, ...] = ()
    """The files that go out with the reply."""
    edited: bool | None = None
    """Whether the agent changed the macro's text; None without a macro, or if unknown."""
    verbatim: bool = False
    """The reply is that macro's unchanged text; a procedure may exempt some macros from its gates."""
    reply_language: str = ""
    recipient: str = ""
    """Where the reply goes; empty for the customer's own address."""
    cc: tuple[str, ...] | None = None
    """Who gets a copy of the reply; None for the people in Cc who are kept or taken in."""
    take_in: tuple[str, ...] = ()
    """Addresses that get a copy of the ticket's replies from now on."""
    leave_out: tuple[str, ...] = ()
    """Addresses that get no copy of the ticket's replies from now on."""
    override_reason: str = ""
    """Why the agent overrides a finding or a gate; kept in the event."""
    draft: int = 0
    """The revision of the text's draft; it is sent only while that draft is current. 0 for none."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket that an agent opens by writing to someone."""

    to: str
    subject: str
    text: str
    name: str = ""
    """The name of a customer who is not known yet."""
    lane: str = ""
    """Empty for what the routing rules say."""
    connector: str = ""
    """The mail account to write from; empty for the first one."""
    language: str = ""
    """ISO 639-1; empty for the customer's, or that of the text."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only record: who did what to which ticket, when."""

    id: int
    action: int
    """Events of one action share its number; undo works on whole actions."""
    ticket_id: int
    at: int
    actor: str
    kind: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """The result of an action: its number, a summary for the agent, and how long it can be undone with its reply."""

    action: int
    summary: str
    ticket_ids: tuple[int, ...]
    leaves_at: int | None = None
    """Until when `undo` can recall the reply; None if nothing is sent."""
    partly: bool = False
    """Undone except for what was sent, or after others were done; it cannot be redone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a reply, and its position in the text."""

    rule: str
    """A short stable name, such as `hole` or `reply-language`."""
    message: str
    """One sentence for the agent."""
    start: int = 0
    """The start of the text in question in the reply, in characters."""
    end: int = 0
    blocking: bool = False
    """Blocking findings stop the reply unless the agent gives a reason that is kept."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply that came from a macro, and the message that it answers: what suggestions are learned from."""

    reply_id: int
    macro: str
    language: str
    subject: str
    """The ticket's."""
    text: str
    """The customer's message without quotes and signature."""
