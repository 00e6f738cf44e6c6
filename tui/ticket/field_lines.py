"""A ticket's custom fields as lines: the name on the screen and the value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data.records.custom_fields import CustomField
from data.records.tickets import Ticket
from tui.look.shown import safe_line
from tui.look.words import words


def field_lines(ticket: Ticket, fields: Sequence[CustomField]) -> Iterator[str]:
    """Yield the fields that have a value, in the order of the settings, then those that must get one."""
    values, labels = dict(ticket.fields), {field.name: field.label for field in fields}
    for name in [*(name for name in labels if name in values), *(name for name in values if name not in labels)]:
        yield f"{safe_line(labels.get(name, name))}: {safe_line(values[name])}"
    for field in fields:
        if field.required and field.is_in(ticket.lane) and field.name not in values:
            yield words("{field}: needed before it is solved").format(field=safe_line(field.label))
