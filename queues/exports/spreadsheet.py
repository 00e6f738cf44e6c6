"""A ticket that came as rows of a table; a field without an equivalent is kept with its ticket."""

from __future__ import annotations

from data.records.messages import Direction
from data.records.tickets import Priority, Status
from queues.exports.base import Leftovers, number_of
from queues.exports.fields import FIELD, Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person

NAME = "csv"
_STATUSES = {
    "new": Status.NEW, "nuevo": Status.NEW,
    "open": Status.OPEN, "active": Status.OPEN, "reopened": Status.OPEN, "abierto": Status.OPEN,
    "pending": Status.PENDING, "waiting on customer": Status.PENDING, "pendiente": Status.PENDING,
    "hold": Status.ON_HOLD, "on hold": Status.ON_HOLD, "on-hold": Status.ON_HOLD,
    "waiting on third party": Status.ON_HOLD, "en espera": Status.ON_HOLD,
    "solved": Status.SOLVED, "resolved": Status.SOLVED, "resuelto": Status.SOLVED,
    "closed": Status.CLOSED, "archived": Status.CLOSED, "cerrado": Status.CLOSED,
}  # fmt: skip
_PRIORITIES = {
    "low": Priority.LOW, "baja": Priority.LOW,
    "normal": Priority.NORMAL, "medium": Priority.NORMAL, "media": Priority.NORMAL,
    "high": Priority.HIGH, "alta": Priority.HIGH,
    "urgent": Priority.URGENT, "emergency": Priority.URGENT, "critical": Priority.URGENT, "urgente": Priority.URGENT,
}  # fmt: skip
_DIRECTIONS = {
    "in": Direction.IN, "incoming": Direction.IN, "customer": Direction.IN,
    "out": Direction.OUT, "outgoing": Direction.OUT, "agent": Direction.OUT, "reply": Direction.OUT,
    "note": Direction.NOTE, "internal": Direction.NOTE,
}  # fmt: skip


_FIELD = f"={FIELD}"
_OF_MESSAGES = ("=text", "=html", "=sent", "=direction", "=message_id")


def matches(shape: Shape) -> bool:
    """Return False: a table is recognised by its file, not by the shape of a ticket."""
    return False


def read(row: Fields) -> ExportedTicket:
    """Read the rows of one ticket; the first row with a value decides. Raises ValueError if it has no number."""
    leftovers = Leftovers()
    rows = row.many("rows")
    first = Fields({name: value for item in reversed(rows) for name, value in item.values().items()})
    customer = Person("", first.line("=name"), first.line("=address").casefold(), is_agent=False)
    status, priority = first.text("=status"), first.text("=priority")
    known_status = _STATUSES.get(status.strip().casefold())
    known_priority = _PRIORITIES.get(priority.strip().casefold())
    messages = tuple(message for place, item in enumerate(rows, 1) if (message := _message(item, place, customer)))
    ticket = ExportedTicket(
        ref=number_of(row, "number"),
        subject=first.line("=subject"),
        customer=customer,
        status=known_status,
        priority=known_priority,
        assignee=Person(name=first.line("=assignee"), is_agent=True),
        tags=first.words("=tags"),
        fields={name.removeprefix(_FIELD): first.line(name) for name in first.values() if name.startswith(_FIELD)},
        created_at=first.time("=created"),
        updated_at=first.time("=updated"),
        solved_at=first.time("=solved"),
        messages=messages,
    )
    first.drop("=number")
    rest = {name: value for name, value in first.rest().items() if name not in _OF_MESSAGES}
    if known_status is None and status:
        rest["=status"] = status
    if known_priority is None and priority:
        rest["=priority"] = priority
    leftovers.ticket({name.removeprefix("="): value for name, value in rest.items()})
    return leftovers.onto(ticket, Fields({}))


def _message(row: Fields, place: int, customer: Person) -> ExportedMessage | None:
    html, text = row.text("=html"), row.text("=text")
    if not html and not text:
        return None
    direction = _DIRECTIONS.get(row.text("=direction").strip().casefold(), Direction.IN)
    name, address = row.line("=name"), row.line("=address").casefold()
    author = customer if direction is Direction.IN and not address else Person("", name, address)
    return ExportedMessage(
        id=str(place),
        author=author,
        direction=direction,
        text=html or text,
        is_html=bool(html),
        at=row.time("=sent") or row.time("=created"),
        message_id=row.line("=message_id"),
    )
