"""The values that cross rooms: frozen, typed, without behaviour beyond what they are.

Times are Unix seconds, UTC. Languages are ISO 639-1 codes, `und` where nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

UNKNOWN_LANGUAGE = "und"


class Status(StrEnum):
    """Where a ticket stands. New and open wait for us; the rest wait for somebody else or for nobody.

    A suspended one holds nothing but mail that a filter or a machine vouches against: it waits, counted and out of the
    lanes' work, until an agent takes it in or a person writes.
    """

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on hold"
    SNOOZED = "snoozed"
    SOLVED = "solved"
    CLOSED = "closed"
    SUSPENDED = "suspended"


ACTIVE = frozenset({Status.NEW, Status.OPEN})
"""The statuses that a lane shows: the next word is ours."""


class Priority(StrEnum):
    """How much a ticket presses, least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Severity(StrEnum):
    """Harm in a safety matter; S0 is a life at risk, S4 a nuisance."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class Direction(StrEnum):
    """Who a message goes to: in from the customer, out to the customer, or a note between agents."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class MessageKind(StrEnum):
    """What sort of message it is; `auto` and `bounce` are never answered automatically.

    A `rating` answers our question how it was and says nothing else: nobody waits for a word on it.
    """

    MAIL = "mail"
    FORM = "form"
    REPORT = "report"
    AUTO = "auto"
    BOUNCE = "bounce"
    SPAM = "spam"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Sign:
    """Something in a mail's headers that says what sort of mail it is: evidence, kept with the message."""

    rule: str
    """A short stable name, such as `bulk`, `spam` or `delivery report`."""
    seen: str
    """The header and its value, such as `Precedence: list`."""
    sure: bool = False
    """A standard leaves no doubt. A sign that is not sure decides nothing."""


class OutboxState(StrEnum):
    """The life of a reply on its way out. `in doubt` is never sent again by itself; `recalled` was undone in time."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in doubt"
    FAILED = "failed"
    HELD = "held"
    RECALLED = "recalled"


class EscalationState(StrEnum):
    """The life of an escalation; `withdrawn` was undone."""

    OPEN = "open"
    ANSWERED = "answered"
    RETURNED = "returned"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


BACK = frozenset({EscalationState.ANSWERED, EscalationState.RETURNED})
"""The states of an escalation that wait for us."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One way a customer is known: an address or a handle."""

    kind: str
    """`email`, `handle` or `phone`."""
    value: str
    """Folded to lower case."""
    since: int = field(default=0, compare=False)
    """When the desk first saw it, 0 where it is known for longer than that is kept."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who writes to us."""

    id: int
    name: str
    identities: tuple[Identity, ...] = ()
    language: str = UNKNOWN_LANGUAGE
    """Remembered from an agent's correction or from earlier messages."""
    register: str = ""
    """How Spanish addresses them: `tu`, `usted`, or empty for the house default."""
    region: str = ""
    """A locale such as `es-MX`, or empty."""
    tier: str = "standard"
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; its bytes stay inside the raw message until an agent saves them."""

    filename: str
    content_type: str
    size: int
    sha256: str
    position: int
    """Its place among the leaf parts of the raw message, from 0."""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a ticket's conversation."""

    id: int
    ticket_id: int
    direction: Direction
    kind: MessageKind
    from_name: str
    from_address: str
    subject: str
    text: str
    """The whole readable text, already safe for a terminal."""
    new_text: str
    """`text` without quoted history and signature."""
    at: int
    """When it was written, as far as known; ordering uses `received_at`."""
    received_at: int
    language: str = UNKNOWN_LANGUAGE
    confidence: float = 0.0
    message_id: str = ""
    """The mail header, with angle brackets; empty where there is none."""
    reply_to: str = ""
    raw_sha256: str = ""
    readable: bool = True
    """False where the raw message could not be parsed."""
    macro: str = ""
    """The macro an outgoing reply came from."""
    procedure: str = ""
    """The procedure and version that an outgoing reply followed, such as `data-request@2`."""
    attachments: tuple[Attachment, ...] = ()
    mixed: str = ""
    """Languages joined by `+` (`en+es`) where sentences are surely of different ones; else empty."""
    recipients: tuple[str, ...] = ()
    """The addresses that an incoming message was sent to, lower case."""
    named_lane: str = ""
    """The lane that the connector named; with `recipients`, what routing needs to be done again."""
    signs: tuple[Sign, ...] = ()
    """What its headers said of its sort."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request and where it stands."""

    id: int
    lane: str
    status: Status
    priority: Priority
    subject: str
    customer_id: int
    created_at: int
    updated_at: int
    version: int = 1
    """Counts every change; a write names the version it read."""
    severity: Severity | None = None
    language: str = UNKNOWN_LANGUAGE
    confidence: float = 0.0
    language_source: str = "auto"
    """Who says so: `auto` (the latest message), `agent`, or `customer` (what the customer wrote before)."""
    assignee: str = ""
    connector: str = ""
    external_ref: str = ""
    reason: str = ""
    """The name of the routing rule that put it here."""
    topic: str = ""
    procedure: str = ""
    first_due: int | None = None
    next_due: int | None = None
    resolve_due: int | None = None
    snoozed_until: int | None = None
    first_replied_at: int | None = None
    solved_at: int | None = None
    touches: int = 0
    reopens: int = 0
    tags: tuple[str, ...] = ()
    waits: tuple[int, ...] = ()
    """When it waited for others: begin, end, begin, end …; an odd number of times means that it waits now."""

    @property
    def due_at(self) -> int | None:
        """The earliest clock still running: first reply, next reply or resolution."""
        running = [due for due in (self.first_due, self.next_due, self.resolve_due) if due is not None]
        return min(running) if running else None


@dataclass(frozen=True, slots=True)
class LaneRow:
    """What a list shows of a ticket: enough to draw a row, cheap to read by the thousand."""

    id: int
    subject: str
    customer_name: str
    status: Status
    priority: Priority
    severity: Severity | None
    language: str
    due_at: int | None
    updated_at: int
    touches: int
    assignee: str
    has_draft: bool
    order: int
    """The first half of the keyset; with `id` it names the row's place."""
    escalation: EscalationState | None = None
    """How the ticket's escalation stands: one that came back before one that is open."""
    escalation_due: int | None = None
    """When the first answer of another team is due."""
    problem: int | None = None
    """The problem that it is linked to."""

    @property
    def key(self) -> tuple[int, int]:
        """Where the row stands in its lane: pass it to read on from here."""
        return (self.order, self.id)


@dataclass(frozen=True, slots=True)
class LaneCounts:
    """How many tickets a lane holds in each state; kept up to date by every write, never counted."""

    by_status: Mapping[Status, int] = field(default_factory=dict)

    @property
    def active(self) -> int:
        """Tickets that wait for us."""
        return sum(self.by_status.get(status, 0) for status in ACTIVE)


@dataclass(frozen=True, slots=True)
class Lane:
    """One of the queues on screen: a saved filter and its place."""

    name: str
    title: str
    position: int


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows of a lane; every field that is set narrows it. The default is what waits for us."""

    status: Status | None = None
    """None for new and open, most urgent first; pending and the like come with the latest change first."""
    assignee: str | None = None
    """An agent's name, or the empty string for what nobody has."""
    language: str | None = None
    tag: str | None = None
    """All tickets with this tag, whatever their status, newest first."""
    since: int | None = None
    """Solved at this time or later."""
    everything: bool = False
    """All tickets, whatever their status, newest first; the rest is not looked at."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Text being written, kept in the file as it is typed."""

    ticket_id: int
    text: str
    kind: Direction = Direction.OUT
    """OUT for a reply, NOTE for an internal note."""
    revision: int = 0
    """Counts every save; a save names the revision it replaces, so two windows never overwrite each other."""
    updated_at: int = 0
    macro: str = ""
    """The macros in it, as `data.macro_names` joins them."""
    language: str = ""
    actions: str = ""
    """What those macros do besides their words, as `data.changes` packs it."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A matter handed to another team: a child of its ticket, with a state of its own."""

    team: str
    reason: str = ""
    reference: str = ""
    """The other team's own number for it."""
    due_at: int | None = None
    state: EscalationState = EscalationState.OPEN
    note: str = ""
    """The words to the team. They are kept as a note of the ticket, not here: empty when read from the store."""
    id: int = 0
    """0 until it is stored."""
    ticket_id: int = 0
    opened_at: int = 0
    opened_by: str = ""
    address: str = ""
    """Where the words went by mail; empty where the team has no address."""
    message_id: str = ""
    """The Message-ID of that mail: an answer bears it."""
    settled_at: int | None = None
    """When the team last answered or sent it back."""

    @property
    def label(self) -> str:
        """How people name it: `E-12`."""
        return f"E-{self.id}"

    def is_overdue(self, now: int) -> bool:
        """Tell whether the other team should have answered by now."""
        return self.state is EscalationState.OPEN and self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """What becomes of an escalation: the other team answered, sent it back, or we are done with it."""

    escalation: int
    text: str = ""
    """The team's words; they become a note of the ticket."""
    state: EscalationState = EscalationState.ANSWERED
    reference: str = ""
    """The other team's number, where only now it is known."""


class ProblemState(StrEnum):
    """The life of a problem; `withdrawn` was undone."""

    OPEN = "open"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Problem:
    """One cause behind several tickets, which are answered together once it is gone."""

    id: int
    title: str
    state: ProblemState = ProblemState.OPEN
    opened_at: int = 0
    opened_by: str = ""
    tickets: int = 0
    """How many are linked to it."""
    waiting: int = 0
    """How many of those are neither solved nor closed."""

    @property
    def label(self) -> str:
        """How people name it: `P-3`."""
        return f"P-{self.id}"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of ours that goes out with a reply. It is read when the reply is queued, not before."""

    path: str
    filename: str
    """The name that the customer sees."""
    size: int
    """Bytes, when it was chosen."""


MOST_ENCLOSED = 10_000_000
"""Bytes of all files that one reply may carry."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A dated word given to a customer."""

    text: str
    due_at: int


class PromiseState(StrEnum):
    """What became of a promise; `withdrawn` was undone with the reply that gave it."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class GivenPromise:
    """A promise as it is kept: who gave it in which message, and what became of it."""

    id: int
    ticket_id: int
    text: str
    due_at: int
    state: PromiseState
    made_at: int
    made_by: str
    message_id: int | None
    """The number of the reply that gave it; None where a macro or a note did."""
    settled_at: int | None = None
    """When a reply or the solution kept or broke it."""


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """What was answered at a step of a procedure, by whom and when."""

    value: Any
    """True, or a text, or one of the step's choices."""
    at: int
    actor: str


@dataclass(frozen=True, slots=True)
class Change:
    """What an agent asks of a ticket, carried out and undone as one action. An unset field changes nothing."""

    reply: str | None = None
    note: str | None = None
    status: Status | None = None
    priority: Priority | None = None
    severity: Severity | None = None
    topic: str | None = None
    """What the request is about, as rules and macros name it."""
    assignee: str | None = None
    """An agent's name, or the empty string for nobody."""
    lane: str | None = None
    language: str | None = None
    """ISO 639-1; remembered for the customer. `und` takes the ticket back to triage."""
    register: str | None = None
    """How Spanish addresses the customer from now on: `tu`, `usted`, or the empty string for the house default."""
    region: str | None = None
    """The customer's locale from now on, such as `es-MX`, or the empty string."""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
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
    """The reply's words are no promise, whatever they look like."""
    procedure: str | None = None
    macro: str = ""
    """The macro that the reply came from, for the record; several as `data.macro_names` joins them."""
    subject: str = ""
    """The reply's own subject; empty for an answer to the ticket's."""
    attachments: tuple[Enclosure, ...] = ()
    """The files that go out with the reply."""
    edited: bool | None = None
    """Whether the agent changed the macro's words; None where no macro is in it or nobody knows."""
    verbatim: bool = False
    """The reply is that macro's text as it stands; a procedure may let some answers pass its gates so."""
    reply_language: str = ""
    recipient: str = ""
    """Where the reply goes; empty for the customer's own address."""
    override_reason: str = ""
    """Why the agent goes past a finding or a gate; kept in the event."""
    draft: int = 0
    """The revision of the draft that the text was written in; it leaves only while that draft stands. 0 for none."""


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
class OutboxEntry:
    """A reply on its way out; its bytes and Message-ID are fixed when it is queued."""

    id: int
    ticket_id: int
    action: int
    connector: str
    state: OutboxState
    message_id: str
    recipient: str
    raw: bytes
    due_at: int
    """When it may leave: the undo window ends here."""
    attempts: int = 0
    reason: str = ""
    sent_at: int | None = None
    copied: bool = True
    """The mailbox has its copy, or needs none."""
    cleared: int = 0
    """The newest message that the agent had seen when a held reply was let go all the same; 0 for none."""
    draft: int = 0
    """The revision of the draft that it was written in; 0 for none. Unique on its ticket."""


@dataclass(frozen=True, slots=True)
class RemoteMail:
    """Where a mail lies on its server, and the flags that it had there when we last looked."""

    connector: str
    mailbox: str
    uidvalidity: int
    uid: int
    sha256: str
    arrived_at: int
    flags: frozenset[str] = frozenset()
    modseq: int = 0
    ticket_id: int | None = None
    """None until it is filed."""
    gone: bool = False
    """Moved or deleted there; nothing of ours follows from that."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as a connector hands it in: read, made safe, not yet part of any ticket."""

    connector: str
    source: str
    """Where it came from, for the report: a file and a position, an account and a UID."""
    raw_sha256: str
    kind: MessageKind
    from_name: str
    from_address: str
    subject: str
    text: str
    new_text: str
    at: int | None
    """The date it bears, None where that cannot be used."""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """In-Reply-To and References, oldest first, with angle brackets."""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    """The addresses it was sent to, folded to lower case."""
    direction: Direction = Direction.IN
    """OUT where the mail is one of our own (sent by a support address)."""
    readable: bool = True
    problem: str = ""
    """Why it is not readable, in a few words."""
    language: str = UNKNOWN_LANGUAGE
    confidence: float = 0.0
    attachments: tuple[Attachment, ...] = ()
    external_ref: str = ""
    lane: str = ""
    """A connector that knows the lane names it; routing may still change it."""
    customer_tier: str = ""
    """What the connector knows of the customer, if anything."""
    customer_language: str = ""
    customer_name: str = ""
    """Who asks, where the message is not from them."""
    handle: str = ""
    """What the customer is known by besides an address."""
    content_hash: str = ""
    """A hash of the message without what relays add; a second delivery has the same. Empty: `raw_sha256` decides."""
    received_at: int | None = None
    """When it reached us, None for now."""
    needs_our_id: bool = False
    """It joins a ticket only by a Message-ID that we gave out: anybody can write a subject or name another's mail."""
    mixed: str = ""
    """As in `Message.mixed`."""
    signs: tuple[Sign, ...] = ()
    """What its headers say of its sort."""
    delivery: str = ""
    """What a delivery report says became of the mail that it is about: `failed`, `delayed`, `delivered` …"""
    reply_name: str = ""
    """The name beside `reply_to`."""
    behind_name: str = ""
    behind_address: str = ""
    """Who is said to have written a mail whose sender's line a mail group rewrote; not to be believed of a stranger."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What another tool's export says of a ticket besides its messages."""

    tool: str
    """The tool's name, such as `zendesk`."""
    ref: str
    """The ticket's number there."""
    record: str
    """SHA-256 of the exported record: the same one again changes nothing."""
    messages: int
    """How many messages the record held."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Every field that has no place of its own here, as JSON values."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stood in the tool that it was exported from; an unset field says nothing."""

    subject: str = ""
    status: Status | None = None
    priority: Priority | None = None
    assignee: str = ""
    tags: tuple[str, ...] = ()
    created_at: int | None = None
    updated_at: int | None = None
    solved_at: int | None = None
    snoozed_until: int | None = None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message that a search found."""

    ticket_id: int
    message_id: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action: its number, a sentence for the agent, and how long it can be undone with its reply."""

    action: int
    summary: str
    ticket_ids: tuple[int, ...]
    leaves_at: int | None = None
    """Until when `undo` can call the reply back; None where nothing leaves."""
    partly: bool = False
    """Undone but for what had left; it cannot be redone."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an incoming message: `new`, `joined`, `duplicate`, or `unreadable` (kept as a ticket)."""

    ticket_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reply should not be sent with, and the words it is about."""

    rule: str
    """A short stable name, such as `hole` or `reply-language`."""
    message: str
    """One sentence for the agent."""
    start: int = 0
    """Where the words begin in the reply, in characters."""
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


@dataclass(frozen=True, slots=True)
class Effort:
    """What an agent's work on a ticket took, as counted while it was under their eyes."""

    ticket_id: int
    agent: str
    at: int
    """When it ended, or when the ticket was solved."""
    keys: int
    """Keys that were pressed, those that typed text not counted."""
    letters: int
    """Keys that typed or changed text."""
    seconds: float
    """From key to key; a gap longer than two minutes counts as none."""


@dataclass(frozen=True, slots=True)
class OwnReply:
    """A reply as an agent sent it."""

    id: int
    ticket_id: int
    at: int
    macro: str
    """Empty where the agent typed it all."""
    language: str
    text: str
    customer: str
    """The customer's name."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The time that an agent works in one go, and what they wrote down for the next one."""

    id: int
    agent: str
    began_at: int
    since_event: int
    """The newest event when it began: what the shift is made of came later."""
    ended_at: int | None = None
    note: str = ""
    """The hand-over."""

    def seconds(self, since: int, until: int) -> int:
        """Return how much of it lies in `[since, until)`; one that goes on lasts until then."""
        end = until if self.ended_at is None else min(self.ended_at, until)
        return max(0, end - max(self.began_at, since))
