"""The custom fields of a ticket."""

from __future__ import annotations

from data.errors import RuleError
from data.records.changes import Change
from data.records.custom_fields import CustomField
from queues.desk.commands.command import Command, TicketChange
from queues.ground.field_values import defined, parse


class SetFields(Command):
    """Sets values of custom fields and clears others; a field that the settings no longer define can be cleared."""

    def asked(self, change: Change) -> bool:
        """The change names a field."""
        return bool(change.fields)

    def check(self, work: TicketChange) -> None:
        """Refuse a field that there is not, or not in this lane, and a value that it does not take."""
        for name, value in work.change.fields.items():
            if not value.strip() and name in work.ticket.fields:
                continue
            field = defined(work.rules.fields, name)
            lane = work.change.lane or work.ticket.lane
            if value.strip() and not field.is_in(lane):
                where = ", ".join(field.lanes)
                raise RuleError("Not in this lane", f"{field.label} is for tickets in {where}; #{work.ticket.id} is in "
                                f"{lane or 'no lane'}.")  # fmt: skip
            _value(work, field, value)

    def write(self, work: TicketChange) -> None:
        """Set the values; the fields are kept in the order of their names."""
        values = dict(work.ticket.fields)
        for name, given in work.change.fields.items():
            if name in values and not given.strip():
                del values[name]
                continue
            field = defined(work.rules.fields, name)
            values[field.name] = _value(work, field, given)
        work.fields["fields"] = {name: values[name] for name in sorted(values) if values[name]}

    def describe(self, change: Change) -> str:
        """Return the fields; values may be long, and the ticket shows them."""
        return ", ".join(f"{name} {'set' if value.strip() else 'cleared'}" for name, value in change.fields.items())


def _value(work: TicketChange, field: CustomField, value: str) -> str:
    try:
        return parse(field, value)
    except RuleError as error:
        raise RuleError(error.title, f"#{work.ticket.id}: {error.message}") from None
