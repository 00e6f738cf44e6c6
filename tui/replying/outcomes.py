"""The status of a ticket after its reply is sent with Enter, and its wording on cards."""

from __future__ import annotations

from data.records.changes import Change
from data.records.tickets import Status
from tui.look.words import words


def outcome(change: Change) -> Status:
    """Return the ticket's status after a reply: the one set by the change, such as its macro's, else solved.

    An escalated ticket is on hold and never done; a snoozed ticket stays snoozed.
    """
    if change.snooze_until is not None:
        return Status.SNOOZED
    if change.escalate is not None and change.status in (None, Status.SOLVED, Status.CLOSED):
        return Status.ON_HOLD
    return change.status or Status.SOLVED


def done_words(status: Status) -> str:
    """Return the outcome as it reads after "sends": solves, waits for the customer, and so on."""
    said = {
        Status.SOLVED: words("solves"),
        Status.CLOSED: words("closes"),
        Status.PENDING: words("waits for the customer"),
        Status.ON_HOLD: words("puts it on hold"),
        Status.SNOOZED: words("snoozes"),
    }
    return said.get(status, words("keeps open"))
