"""What becomes of a ticket when its reply is sent by Enter, and how cards say so."""

from __future__ import annotations

from data.records.changes import Change
from data.records.tickets import Status
from tui.look.words import words


def outcome(change: Change) -> Status:
    """Return the status that a reply leaves: the one that it brings, as its macro's, else solved.

    What is handed over to another team is on hold and never done with; what is snoozed sleeps.
    """
    if change.snooze_until is not None:
        return Status.SNOOZED
    if change.escalate is not None and change.status in (None, Status.SOLVED, Status.CLOSED):
        return Status.ON_HOLD
    return change.status or Status.SOLVED


def done_words(status: Status) -> str:
    """Say it after "sends": solves, waits for the customer, and so on."""
    said = {
        Status.SOLVED: words("solves"),
        Status.CLOSED: words("closes"),
        Status.PENDING: words("waits for the customer"),
        Status.ON_HOLD: words("puts it on hold"),
        Status.SNOOZED: words("snoozes"),
    }
    return said.get(status, words("keeps open"))
