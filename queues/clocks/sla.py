"""By when we owe an answer: policies of first reply, next reply and resolution, and a ticket's running clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.records.tickets import ACTIVE, Priority, Severity, Status, Ticket
from queues.clocks.calendar import ALWAYS, Calendar

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Policy:
    """Targets for some tickets. An empty condition matches all; the first policy that matches is the ticket's."""

    name: str
    first_reply: int | None = None
    """Seconds of the calendar's open time; None sets no such clock."""
    next_reply: int | None = None
    resolution: int | None = None
    lanes: frozenset[str] = frozenset()
    priorities: frozenset[Priority] = frozenset()
    severities: frozenset[Severity] = frozenset()
    languages: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    calendar: str = "always"
    statutory: bool = False
    """The law sets the resolution clock: it never pauses, and it counts day and night."""

    def fits(self, ticket: Ticket, tier: str) -> bool:
        """Return whether the policy applies to this ticket of a customer of this tier."""
        return (
            (not self.lanes or ticket.lane in self.lanes)
            and (not self.priorities or ticket.priority in self.priorities)
            and (not self.severities or ticket.severity in self.severities)
            and (not self.languages or ticket.language in self.languages)
            and (not self.tiers or tier in self.tiers)
            and (not self.topics or ticket.topic in self.topics)
        )


@dataclass(frozen=True, slots=True)
class Clocks:
    """When each promise breaks, Unix seconds; None if the clock does not run."""

    first_due: int | None = None
    next_due: int | None = None
    resolve_due: int | None = None


DEFAULT_CALENDARS: Mapping[str, Calendar] = {"always": ALWAYS}

_MAIL, _APP, _SAFETY = frozenset({"mail"}), frozenset({"app"}), frozenset({"safety"})
_PRESSING = frozenset({Priority.URGENT, Priority.HIGH})
_LOW = frozenset({Priority.LOW})
_WITHOUT_CLOCKS = frozenset({Status.SOLVED, Status.CLOSED, Status.SUSPENDED, Status.HISTORY})

DEFAULT_POLICIES: tuple[Policy, ...] = (
    Policy("data request", DAY, DAY, 30 * DAY, topics=frozenset({"data-request"}), statutory=True),
    Policy("safety S0", 15 * MINUTE, 15 * MINUTE, 4 * HOUR, lanes=_SAFETY, severities=frozenset({Severity.S0})),
    Policy("safety S1", 30 * MINUTE, 30 * MINUTE, 12 * HOUR, lanes=_SAFETY, severities=frozenset({Severity.S1})),
    Policy("safety S4", 12 * HOUR, 12 * HOUR, 3 * DAY, lanes=_SAFETY, severities=frozenset({Severity.S4})),
    Policy("safety appeal", 12 * HOUR, 12 * HOUR, 3 * DAY, lanes=_SAFETY, topics=frozenset({"ban-appeal"})),
    Policy("safety", HOUR, HOUR, DAY, lanes=_SAFETY),
    Policy("app pressing", 4 * HOUR, 4 * HOUR, 8 * HOUR, lanes=_APP, priorities=_PRESSING),
    Policy("app low", DAY, DAY, 3 * DAY, lanes=_APP, priorities=_LOW),
    Policy("app", 8 * HOUR, 8 * HOUR, 3 * DAY, lanes=_APP),
    Policy("mail low", DAY, DAY, 5 * DAY, lanes=_MAIL, priorities=_LOW),
    Policy("mail", 4 * HOUR, 4 * HOUR, DAY, lanes=_MAIL),
    Policy("any", 8 * HOUR, 8 * HOUR, 3 * DAY),
)
"""Defaults for a new desk, to be replaced in the settings: targets of a fictional platform, around the clock."""


def policy_of(ticket: Ticket, tier: str, policies: Iterable[Policy]) -> Policy | None:
    """Return the first policy that fits the ticket, None if none does."""
    return next((policy for policy in policies if policy.fits(ticket, tier)), None)


def clocks(
    ticket: Ticket,
    tier: str,
    policies: Sequence[Policy] = DEFAULT_POLICIES,
    calendars: Mapping[str, Calendar] = DEFAULT_CALENDARS,
    *,
    last_incoming_at: int | None,
    last_reply_at: int | None,
    now: int,
) -> Clocks:
    """Return the clocks that run for `ticket` at `now`.

    `last_incoming_at` is the oldest incoming message not yet answered, None if all are (a customer's follow-up must
    not set the clock back). The open time that the ticket spent waiting for others moves its resolution. Solved,
    closed and suspended tickets and history have no clock; pending, on hold and snoozed ones only a statutory
    resolution. A statutory clock runs day and night and never pauses.
    """
    policy = policy_of(ticket, tier, policies)
    if policy is None or ticket.status in _WITHOUT_CLOCKS:
        return Clocks()
    calendar = calendars.get(policy.calendar, ALWAYS)
    resolve_due = _resolve_due(ticket, policy, calendar, now)
    if not _is_ours(ticket, now):
        return Clocks(resolve_due=resolve_due)
    first_replied_at = ticket.first_replied_at if ticket.first_replied_at is not None else last_reply_at
    if first_replied_at is None:
        return Clocks(first_due=_due(calendar, ticket.created_at, policy.first_reply), resolve_due=resolve_due)
    next_due = None if last_incoming_at is None else _due(calendar, last_incoming_at, policy.next_reply)
    return Clocks(next_due=next_due, resolve_due=resolve_due)


def paused(waits: Sequence[int], calendar: Calendar) -> int:
    """Return the open seconds that a ticket spent waiting for others, by its `waits`; a wait that lasts is left out."""
    return sum(calendar.between(start, end) for start, end in zip(waits[::2], waits[1::2], strict=False))


def _is_ours(ticket: Ticket, now: int) -> bool:
    """Return whether the ticket waits for us; an expired snooze counts even before the ticket is woken."""
    if ticket.status is Status.SNOOZED:
        return ticket.snoozed_until is not None and ticket.snoozed_until <= now
    return ticket.status in ACTIVE


def _resolve_due(ticket: Ticket, policy: Policy, calendar: Calendar, now: int) -> int | None:
    if policy.statutory:
        return _due(ALWAYS, ticket.created_at, policy.resolution)
    if not _is_ours(ticket, now) or policy.resolution is None:
        return None
    return _due(calendar, ticket.created_at, policy.resolution + paused(ticket.waits, calendar))


def _due(calendar: Calendar, start: int, seconds: int | None) -> int | None:
    return None if seconds is None else calendar.add(start, seconds)
