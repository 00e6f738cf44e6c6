"""What each request may ask, as values that are checked on the way in; `make reference` describes them from here."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from data.records.tickets import Severity, Status
from queues.figures.grouping import By

Number = Annotated[int, Meta(ge=1, le=2**53)]
TicketNumber = Annotated[int, Meta(ge=1, le=2**53, description="Number of the ticket.")]
TicketNumbers = Annotated[
    tuple[Number, ...], Meta(min_length=1, max_length=500, description="Numbers of tickets; all are changed, or none.")
]
Name = Annotated[str, Meta(max_length=200)]
Names = Annotated[tuple[Name, ...], Meta(max_length=100)]
Limit = Annotated[int, Meta(ge=1, le=1000, description="At most so many.")]
LaneName = Annotated[str, Meta(max_length=200, description="Only this lane.")]
Outcome = Literal["open", "pending", "on hold", "solved"]
Reason = Annotated[
    str, Meta(max_length=2000, description="Why a gate or a finding is overridden; kept with the event.")
]


class Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing to be said."""


class ListAsked(Asked, frozen=True, kw_only=True):
    """Which tickets are listed."""

    lane: Annotated[str, Meta(max_length=200, description="Only this lane; none for tickets in no lane.")] | None = None
    status: Annotated[Status, Meta(description="Only this status; without it new and open.")] | None = None
    field: Annotated[str, Meta(max_length=500, description="NAME=VALUE of a custom field.")] | None = None
    all: Annotated[bool, Meta(description="Whatever the status.")] = False
    limit: Limit = 100


class TicketAsked(Asked, frozen=True, kw_only=True):
    """One ticket."""

    ticket: TicketNumber


class SearchAsked(Asked, frozen=True, kw_only=True):
    """What is searched for."""

    q: Annotated[str, Meta(min_length=1, max_length=1000, description="Words and operators, as `tridesk search` has.")]
    lane: LaneName | None = None
    limit: Limit = 50


class ReportAsked(Asked, frozen=True, kw_only=True):
    """Which period is summed up, and how."""

    since: Annotated[str, Meta(max_length=40, description="A date, today, or how far back: 24h, 7d, 4w.")] = "7d"
    until: Annotated[str, Meta(max_length=40, description="A date, not included, or now.")] = "now"
    by: Annotated[By, Meta(description="Group by.")] = By.ALL
    zone: Annotated[str, Meta(max_length=100, description="Time zone of dates, hours and days.")] = ""
    calendar: Annotated[str, Meta(max_length=200, description="Durations in this calendar's open hours.")] = ""


class SuggestAsked(Asked, frozen=True, kw_only=True):
    """A text, and what is known of its ticket."""

    text: Annotated[str, Meta(min_length=1, max_length=100_000, description="What the customer wrote.")]
    lane: Name | None = None
    topic: Name | None = None
    severity: Severity | None = None
    language: Annotated[str, Meta(max_length=20, description="ISO 639-1.")] | None = None
    top: Annotated[int, Meta(ge=1, le=100, description="How many macros.")] = 3


class ChangesAsked(Asked, frozen=True, kw_only=True):
    """Where a client has come to."""

    after: (
        Annotated[str, Meta(pattern=r"^\d{1,15}\.\d{1,15}$", description="The last cursor; without it: from now on.")]
        | None
    ) = None
    wait: Annotated[int, Meta(ge=0, le=60, description="Seconds to wait for news, if there are none.")] = 0
    limit: Limit = 100


class ReplyAsked(Asked, frozen=True, kw_only=True):
    """A reply: a text, or macros."""

    ticket: TicketNumber
    text: Annotated[str, Meta(max_length=100_000, description="The reply; empty with macros.")] = ""
    macros: Annotated[Names, Meta(description="Names of macros; several make one reply.")] = ()
    answers: Annotated[dict[str, str], Meta(max_length=100, description="Values that the macros ask for.")] = {}
    language: Annotated[str, Meta(max_length=20, description="The macros' language; else the ticket's.")] = ""
    status: Annotated[Outcome, Meta(description="The ticket's status afterwards.")] | None = None
    cc: Annotated[Names, Meta(description="Who else gets a copy, of this reply and later ones.")] = ()
    drop_cc: Annotated[Names, Meta(description="Who gets no copy from now on; `all` for this reply.")] = ()
    reason: Reason = ""
    anyway: Annotated[bool, Meta(description="Send a macro that is not sure to fit the ticket.")] = False
    no_promise: Annotated[bool, Meta(description="Record no promise, even if the text names a time.")] = False


class NoteAsked(Asked, frozen=True, kw_only=True):
    """A note that no customer sees."""

    ticket: TicketNumber
    text: Annotated[str, Meta(min_length=1, max_length=100_000, description="The note.")]


class TagAsked(Asked, frozen=True, kw_only=True):
    """Tags to add and to remove."""

    tickets: TicketNumbers
    add: Names = ()
    remove: Names = ()


class AssignAsked(Asked, frozen=True, kw_only=True):
    """Whom tickets are assigned to."""

    tickets: TicketNumbers
    agent: Annotated[str, Meta(max_length=200, description="Empty for no one.")]


class TicketsAsked(Asked, frozen=True, kw_only=True):
    """Some tickets."""

    tickets: TicketNumbers


class DecideAsked(Asked, frozen=True, kw_only=True):
    """Some tickets, and why a gate is overridden."""

    tickets: TicketNumbers
    reason: Reason = ""


class SnoozeAsked(Asked, frozen=True, kw_only=True):
    """Until when tickets are put away."""

    tickets: TicketNumbers
    when: Annotated[str, Meta(min_length=1, max_length=100, description="Such as 3h, 2d, tomorrow at 9, Monday.")]


class UndoAsked(Asked, frozen=True, kw_only=True):
    """Which action of the agent's is undone."""

    action: Annotated[int, Meta(ge=1, le=2**53, description="Its number; without it the latest.")] | None = None
    rest: Annotated[bool, Meta(description="If a reply of it was sent: undo the rest.")] = False
