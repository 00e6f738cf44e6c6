"""FreeScout: conversations of its API with their threads embedded; the shape is much like Help Scout's.

Shapes: api-docs.freescout.net, "Get Conversation" with `embed=threads`.
"""

from __future__ import annotations

from dataclasses import replace

from queues.exports import helpscout
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedTicket

NAME = "freescout"


def matches(shape: Shape) -> bool:
    """Return whether this is a conversation of FreeScout: it counts its threads under a name of its own."""
    return shape.has("mailboxId") and shape.has("threadsCount") and shape.has("number", "id")


def read(row: Fields) -> ExportedTicket:
    """Read one conversation. Raises ValueError if it has no number."""
    embedded = row.nested("_embedded")
    tags = embedded.words("tags", "name")
    row.drop("threadsCount")
    ticket = helpscout.read(row)
    return replace(ticket, tags=(*ticket.tags, *(tag for tag in tags if tag not in ticket.tags)))
