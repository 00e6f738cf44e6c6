"""Zammad: tickets with their articles inside, as `expand=true` gives them, or an answer's `assets`.

Shapes: docs.zammad.org, "Tickets" and "Articles" of the REST API. A ticket and its articles are two requests there; an
export holds the articles under `articles`, or both under `assets` (`GET /api/v1/tickets/ID?all=true`).
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from data.records.messages import Direction
from data.records.tickets import Priority, Status
from queues.exports.base import Leftovers, attachment, number_of, whole
from queues.exports.fields import Fields
from queues.exports.json_shape import Shape
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person

NAME = "zammad"

_STATES = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "pending reminder": Status.PENDING,
    "pending close": Status.PENDING,
    "closed": Status.SOLVED,
    "merged": Status.CLOSED,
    "removed": Status.CLOSED,
}
_STATE_NUMBERS = {
    1: "new", 2: "open", 3: "pending reminder", 4: "closed", 5: "merged", 6: "removed", 7: "pending close",
}  # fmt: skip
"""Of a new installation; renumbered states come as names by `expand=true`."""
_PRIORITIES = {"1 low": Priority.LOW, "2 normal": Priority.NORMAL, "3 high": Priority.HIGH}
_PRIORITY_NUMBERS = {1: "1 low", 2: "2 normal", 3: "3 high"}
_SENDERS = {"customer": Direction.IN, "agent": Direction.OUT, "system": Direction.OUT}
_SENDER_NUMBERS = {1: "agent", 2: "customer", 3: "system"}


def matches(shape: Shape) -> bool:
    """Return whether this is a ticket of Zammad, with articles or with the assets of an answer."""
    if "assets" in shape and "ticket_id" in shape:
        return True
    return (
        shape.has("articles", "article_ids", "article_count") and shape.has("state", "state_id") and "number" in shape
    )


def read(row: Fields) -> ExportedTicket:
    """Read one ticket. Raises ValueError if it has no number."""
    people: dict[str, Person] = {}
    if "assets" in row:
        row = _of_assets(row, people)
    leftovers = Leftovers()
    customer = _person(row, "customer", people, is_agent=False)
    articles = tuple(_article(record, customer, people, leftovers) for record in row.many("articles"))
    state = _known(row, "state", _STATES, _STATE_NUMBERS)
    priority = _known(row, "priority", _PRIORITIES, _PRIORITY_NUMBERS)
    ticket = ExportedTicket(
        ref=number_of(row, "number", "id"),
        subject=row.line("title"),
        customer=customer,
        status=state,
        priority=priority,
        assignee=_person(row, "owner", people, is_agent=True),
        tags=row.words("tags"),
        created_at=row.time("created_at"),
        updated_at=row.time("updated_at"),
        solved_at=row.time("close_at"),
        messages=articles,
    )
    row.drop("id", "article_ids", "article_count", "preferences")
    return leftovers.onto(ticket, row)


def _of_assets(row: Fields, people: dict[str, Person]) -> Fields:
    """Return the ticket of an answer with its articles inside, and learn its people."""
    assets = row.raw("assets")
    assets = assets if isinstance(assets, dict) else {}
    for number, user in _objects(assets, "User"):
        name = " ".join(str(user.get(key) or "") for key in ("firstname", "lastname")).strip(" -")
        people[number] = Person(number, name, str(user.get("email") or "").casefold(), str(user.get("phone") or ""))
    tickets = dict(_objects(assets, "Ticket"))
    ticket = tickets.get(row.line("ticket_id")) or next(iter(tickets.values()), None)
    if ticket is None:
        raise ValueError("it has no ticket among its assets")
    articles = [article for _, article in _objects(assets, "TicketArticle")]
    return Fields(ticket | {"articles": articles, "tags": row.raw("tags") or ticket.get("tags")})


def _objects(assets: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    held = assets.get(kind)
    items = held.items() if isinstance(held, dict) else ()
    return [(str(number), item) for number, item in items if isinstance(item, dict)]


def _known(row: Fields, name: str, known: dict[str, Any], numbers: dict[int, str]) -> Any:
    """Return what a state or priority means here; one of their own is kept and reported."""
    said = row.text(name).casefold() or numbers.get(whole(row.raw(f"{name}_id")), "")
    result = known.get(said)
    if result is None:
        row.keep(name)
    else:
        row.drop(f"{name}_id")
    return result


def _person(row: Fields, name: str, people: dict[str, Person], *, is_agent: bool) -> Person:
    """Return a ticket's customer or owner: by number among the people, else by the address or login it names."""
    number, said = row.line(f"{name}_id"), row.line(name)
    known = people.get(number, Person(number))
    if said in ("-", "") and not known.name and not known.address:
        return Person() if is_agent else Person(number, is_agent=False)
    address = known.address or (said.casefold() if "@" in said else "")
    return Person(number, known.name or ("" if address else said), address, known.phone, is_agent)


def _article(record: Fields, customer: Person, people: dict[str, Person], leftovers: Leftovers) -> ExportedMessage:
    number = record.line("id")
    sender = record.text("sender").casefold() or _SENDER_NUMBERS.get(whole(record.raw("sender_id")), "")
    direction = Direction.NOTE if record.flag("internal") else _SENDERS.get(sender)
    said = record.line("from")
    name, address = parseaddr(said) if "@" in said else (said, "")
    writer = people.get(record.line("created_by_id"), Person())
    author = Person(
        writer.id, name or writer.name, (address or writer.address).casefold(), is_agent=sender != "customer"
    )
    if direction is Direction.IN and author.address in ("", customer.address):
        author = Person(customer.id, author.name or customer.name, customer.address, customer.phone, False)
    files = tuple(
        attachment(file.line("filename"), file.nested("preferences").line("Content-Type", "Mime-Type"),
                   int(file.line("size")) if file.line("size").isdigit() else 0)
        for file in record.many("attachments")
    )  # fmt: skip
    record.keep("attachments")
    message = ExportedMessage(
        id=number,
        author=author,
        direction=direction,
        text=record.text("body"),
        is_html="html" in record.text("content_type"),
        at=record.time("created_at"),
        subject=record.line("subject"),
        message_id=record.line("message_id"),
        is_auto=sender == "system",
        attachments=files,
    )
    record.drop("ticket_id", "sender_id", "type_id", "created_by", "updated_by", "updated_by_id", "preferences", "type")
    leftovers.message(number, record.rest())
    return message
