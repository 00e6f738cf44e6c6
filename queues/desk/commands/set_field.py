"""The fields of a ticket that an agent sets directly: priority, severity, topic, lane, procedure."""

from __future__ import annotations

from typing import Literal

from data.records.changes import Change
from queues.desk.commands.command import Command, TicketChange

Field = Literal["priority", "severity", "topic", "lane", "procedure"]
"""The names, the same on `Change` and `Ticket`."""


class SetField(Command):
    """Sets one field that has the same name on the change and on the ticket."""

    def __init__(self, name: Field) -> None:
        self._name = name

    def asked(self, change: Change) -> bool:
        """The change has a value; the empty string clears the field."""
        return getattr(change, self._name) is not None

    def write(self, work: TicketChange) -> None:
        """Set the field."""
        work.fields[self._name] = getattr(work.change, self._name)

    def describe(self, change: Change) -> str:
        """Return the field and its value."""
        return f"{self._name} {getattr(change, self._name) or 'not set'}"
