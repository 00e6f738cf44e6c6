"""The list of commands: what decides the status, what is checked before anything is written, what undo knows."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from data.records.changes import Change
from data.records.escalations import Escalation, TeamAnswer
from data.records.forwards import Forward
from data.records.promises import Promise
from data.records.tickets import Priority, Severity, Status, Ticket
from queues.desk.commands.registry import STEP_KINDS, commands_of, status_after

_EACH: dict[str, object] = {
    "reply": "Hello", "note": "Called them", "status": Status.SOLVED, "priority": Priority.HIGH,
    "severity": Severity.S2, "topic": "refund", "assignee": "", "lane": "mail", "language": "es", "register": "tu",
    "region": "es-MX", "tier": "gold", "customer_name": "Ana",
    "add_tags": ("vip",), "remove_tags": ("vip",), "escalate": Escalation("billing"),
    "team_answer": TeamAnswer(1, "Done"), "problem": 0, "snooze_until": 5, "promise": Promise("today", 5),
    "procedure": "refund", "take_in": ("bob@x.example",), "leave_out": ("bob@x.example",),
    "merge_into": 2, "move": (1,), "forward": Forward("x@y.example", "Look"), "harm": "threat", "automatic": ("lane",),
    "fields": {"order": "A-17"}, "hand_to": "bruno", "hand_answer": "accepted",
}  # fmt: skip
"""A value of each field that asks for something by itself."""
_OF_ANOTHER = {
    "new_problem", "gives_no_promise", "macro", "subject", "attachments", "edited", "verbatim", "reply_language",
    "recipient", "cc", "override_reason", "draft", "other_customer", "move_to",
}  # fmt: skip
"""Fields that say how something else is done."""


def asking(name: str, value: object) -> Change:
    return replace(Change(), **{name: value})  # type: ignore[arg-type]


def ticket(status: Status) -> Ticket:
    return Ticket(1, "mail", status, Priority.NORMAL, "Help", 1, created_at=1, updated_at=1)


def test_every_field_of_a_change_belongs_to_a_command() -> None:
    """A field that no command looks at would be asked for in vain."""
    assert {field.name for field in fields(Change)} == _EACH.keys() | _OF_ANOTHER
    for name, value in _EACH.items():
        assert commands_of(asking(name, value)), name
    assert commands_of(Change()) == []


def test_every_command_describes_what_it_did_without_failing() -> None:
    """The summary is made of these."""
    for name, value in _EACH.items():
        change = asking(name, value)
        for command in commands_of(change):
            assert isinstance(command.describe(change), str)


@pytest.mark.parametrize(
    ("status", "change", "after"),
    [
        (Status.NEW, Change(note="x"), Status.OPEN),
        (Status.NEW, Change(assignee=""), Status.NEW),
        (Status.NEW, Change(assignee="ann"), Status.OPEN),
        (Status.SUSPENDED, Change(note="x"), Status.SUSPENDED),
        (Status.SUSPENDED, Change(note="x", assignee="ann"), Status.OPEN),
        (Status.NEW, Change(note="x", escalate=Escalation("billing")), Status.ON_HOLD),
        (Status.SOLVED, Change(escalate=Escalation("billing")), Status.SOLVED),
        (Status.OPEN, Change(reply="x", escalate=Escalation("billing")), Status.PENDING),
        (Status.OPEN, Change(reply="x", status=Status.SOLVED), Status.SOLVED),
        (Status.OPEN, Change(reply="x", status=Status.SOLVED, snooze_until=5), Status.SNOOZED),
        (Status.ON_HOLD, Change(team_answer=TeamAnswer(1, "x")), Status.OPEN),
        (Status.OPEN, Change(), Status.OPEN),
    ],
)
def test_the_strongest_wish_decides_the_status(status: Status, change: Change, after: Status) -> None:
    """Sleeping before what the agent names, that before handing over, that before a reply, that before a note."""
    assert status_after(ticket(status), change) is after


def test_undo_knows_every_kind_of_step_by_one_owner() -> None:
    """The list of kinds is joined from several files; none may hide another's."""
    kinds = ["fields", "message", "outbox", "draft", "escalation", "link", "problem", "customer", "promise", "step",
             "quality", "shift", "settled", "copies", "moved", "apart", "forward", "taken draft", "form draft",
             "renamed", "harm", "redaction", "handover", "handover state"]  # fmt: skip
    assert sorted(STEP_KINDS) == sorted(kinds)
    assert len({id(kind.turn) for kind in STEP_KINDS.values()}) == len(kinds)
