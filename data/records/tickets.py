"""Tickets, their states, and the rows and counts of the lanes that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data.records.escalations import EscalationState

UNKNOWN_LANGUAGE = "und"


class Status(StrEnum):
    """A ticket's status. New and open wait for us; the others wait for someone else, or are done.

    A suspended ticket has only mail marked as spam or automatic: it waits, counted but outside the
    lanes' work, until an agent accepts it or a person writes. A ticket that is history came before the desk began
    to work on its mailbox: it is there to be read, and work only once someone writes or an agent opens it.
    """

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on hold"
    SNOOZED = "snoozed"
    SOLVED = "solved"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    HISTORY = "history"


ACTIVE = frozenset({Status.NEW, Status.OPEN})
"""The statuses that a lane shows: the next word is ours."""


class Priority(StrEnum):
    """A ticket's priority, lowest first."""

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


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request and its state."""

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
    """Its source: `auto` (the latest message), `agent`, or `customer` (what the customer wrote before)."""
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
    fields: Mapping[str, str] = field(default_factory=dict)
    """The values of its custom fields, by name; in the spelling of `queues.ground.field_values`."""
    waits: tuple[int, ...] = ()
    """When it waited for others: begin, end, begin, end …; an odd number of times means that it waits now."""
    merged_into: int | None = None
    """The ticket that has its messages now, and gets its mail."""
    merged_due: int | None = None
    """The earliest clock of the tickets merged here; it stands until we reply."""

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
    """The state of the ticket's escalation: an answered escalation takes precedence over an open one."""
    escalation_due: int | None = None
    """When the first answer of another team is due."""
    problem: int | None = None
    """The problem that it is linked to."""

    @property
    def is_active(self) -> bool:
        """The next word is ours."""
        return self.status in ACTIVE

    @property
    def key(self) -> tuple[int, int]:
        """The row's position in its lane: pass it to continue reading from here."""
        return (self.order, self.id)


@dataclass(frozen=True, slots=True)
class LaneCounts:
    """How many tickets a lane holds in each state; kept up to date by every write, never counted."""

    by_status: Mapping[Status, int] = field(default_factory=dict)

    @property
    def active(self) -> int:
        """Tickets that wait for us."""
        return sum(self.by_status.get(status, 0) for status in ACTIVE)


NO_LANE = ""
"""The lane of a ticket that fits none."""


@dataclass(frozen=True, slots=True)
class LaneFilter:
    """Which tickets a lane takes: all that is set must fit, by any of its values. The empty filter takes none."""

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Words that none of may be in it."""
    tags: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Values of custom fields, each as `name=value`; of several of one field any fits."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One of the queues on screen: a saved filter, its place, and the order of its tickets."""

    name: str
    title: str
    position: int
    filter: LaneFilter = LaneFilter()
    harm: bool = False
    """It handles harm: where the built-in rules hear harm, the ticket goes here."""
    order: str = "due"
    """What its list begins with: `due` (the clock that runs out first), `oldest` or `newest`."""
    titles: tuple[tuple[str, str], ...] = ()
    """Titles in other languages, by language code."""

    @property
    def places(self) -> tuple[str, LaneFilter, bool]:
        """What decides which tickets are in it."""
        return (self.name, self.filter, self.harm)


DEFAULT_LANES = (Lane("mail", "Mail", 0), Lane("app", "App", 1), Lane("safety", "Safety", 2, harm=True))
"""The lanes of a desk whose settings name none: where people write to us, left to right on the screen."""


def harm_lanes(lanes: Iterable[Lane]) -> frozenset[str]:
    """Return the names of the lanes that handle harm."""
    return frozenset(lane.name for lane in lanes if lane.harm)


HARM_LANES = harm_lanes(DEFAULT_LANES)
"""The built-in lanes that handle harm."""


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows of a lane; every field that is set narrows it. The default is what waits for us."""

    status: Status | None = None
    """None for new and open, most urgent first; other statuses come with the latest change first."""
    assignee: str | None = None
    """An agent's name, or the empty string if unassigned."""
    language: str | None = None
    tag: str | None = None
    """All tickets with this tag, whatever their status, newest first."""
    since: int | None = None
    """Solved at this time or later."""
    order: str = "due"
    """Of what waits for us: `due` (the clock that runs out first), `oldest` or `newest`."""
    everything: bool = False
    """All tickets, whatever their status, newest first; the rest is not looked at."""
    found: bool = False
    """What a search found, whatever its status: most urgent first, then what has no clock; the rest is not looked at.
    Only for a few tickets, named by number."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message that a search found."""

    ticket_id: int
    message_id: int
    snippet: str
    masked_snippet: str
    """The same with what is confidential masked: seen in the whole text, as a part alone may not show what it is."""
    status: Status
    """The ticket's, as well as what follows."""
    lane: str
    subject: str
