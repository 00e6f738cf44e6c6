"""The fields of a ticket that an agent sets directly: priority, severity, topic, lane, procedure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from data.errors import RuleError
from data.records.changes import Change
from data.records.tickets import Severity
from queues.desk.commands.command import Command, TicketChange

Field = Literal["priority", "severity", "topic", "lane", "procedure"]
"""The names, the same on `Change` and `Ticket`."""
_TOPIC = re.compile(r"[\w-]{1,60}")


class SetField(Command):
    """Sets one field that has the same name on the change and on the ticket."""

    def __init__(self, name: Field) -> None:
        self._name = name

    def asked(self, change: Change) -> bool:
        """The change has a value; the empty string clears the field."""
        return getattr(change, self._name) is not None

    def check(self, work: TicketChange) -> None:
        """Refuse a lane, procedure or topic that does not exist, and leaving a procedure before its gates."""
        value = getattr(work.change, self._name)
        if self._name == "lane":
            _refuse_lane(work, value)
        elif self._name == "procedure" and not work.change.macro:  # a macro may name what this desk has not
            _refuse_procedure(work, value)
        elif self._name == "severity" and value and value not in tuple(Severity):
            raise RuleError("No such severity", f"{value!r} is not a severity; use {', '.join(Severity)}.")
        elif self._name == "topic" and value and not _TOPIC.fullmatch(value):
            raise RuleError("No such topic", f"{value!r} is not a topic; use one word, such as refund or ban-appeal.")
        _refuse_leaving(work)

    def write(self, work: TicketChange) -> None:
        """Set the field."""
        value = getattr(work.change, self._name)
        if self._name == "procedure" and _keeps_procedure(work):
            return
        work.fields[self._name] = _severity(value) if self._name == "severity" else value

    def describe(self, change: Change) -> str:
        """Return the field and its value."""
        return f"{self._name} {getattr(change, self._name) or 'not set'}"


def _keeps_procedure(work: TicketChange) -> bool:
    """A macro's procedure is for tickets that follow none."""
    return bool(work.change.macro and work.ticket.procedure)


def _severity(value: str) -> Severity | None:
    return Severity(value) if value else None


def _refuse_lane(work: TicketChange, lane: str) -> None:
    names = [known.name for known in work.rules.lanes]
    if lane not in names:
        raise RuleError("No such lane", f"There is no lane {lane!r}; the lanes are {', '.join(names)}.")


def _refuse_procedure(work: TicketChange, procedure: str) -> None:
    known = work.rules.procedures
    if procedure and procedure not in known:
        names = ", ".join(sorted(known)) or "none"
        raise RuleError("No such procedure", f"There is no procedure {procedure!r}; there are {names}.")


def _refuse_leaving(work: TicketChange) -> None:
    """A gate cannot be avoided by a change after which the ticket follows another procedure; a reason is kept."""
    ticket, change = work.ticket, work.change
    if change.override_reason:
        return
    names = ("severity", "topic", "lane", *(() if _keeps_procedure(work) else ("procedure",)))
    values = {name: getattr(change, name) for name in names if getattr(change, name) is not None}
    if "severity" in values:
        values["severity"] = _severity(values["severity"])
    work.gates.refuse_leaving(ticket, replace(ticket, **values))
