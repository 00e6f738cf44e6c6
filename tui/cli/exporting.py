"""`tridesk export`: tickets, messages or events out again, as JSON Lines, CSV or (messages) mbox."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import StoreError
from data.records.changes import Event
from data.records.incoming import Imported
from data.records.messages import Direction, Message
from queues.desk.desk import EXPORTED
from queues.ground.roles import Right
from tui.cli.common import (
    acting,
    attachment_keys,
    db_option,
    for_a_terminal,
    is_revealed,
    reading,
    reveal_option,
    ticket_keys,
)
from tui.cli.mbox_writing import Threads
from tui.look.shown import shown_values
from tui.look.words import counted
from tui.look.written_values import iso, safe_cell

if TYPE_CHECKING:
    from data.store import Store


_ADDRESSES = frozenset({"from_addr", "reply_to", "cc"})
"""Keys of an exported message that name its people."""


@click.command("export")
@click.argument("what", type=click.Choice(["tickets", "messages", "events"]), default="tickets")
@db_option
@reveal_option("--full")
@click.option("--json", "form", flag_value="json", default=True, help="One JSON object per line (the default).")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated values, safe to open in a spreadsheet.")
@click.option("--mbox", "form", flag_value="mbox", help="The messages as they came, in an mbox (mboxrd).")
def export(what: str, db: Path | None, form: str) -> None:
    """Write tickets, messages or events to standard output, confidential data masked unless --full says why not."""
    if form == "mbox" and what != "messages":
        raise click.UsageError("--mbox is for messages: tridesk export messages --mbox.")
    if form == "mbox" and not is_revealed():
        raise click.UsageError("--mbox writes the mails as they came, nothing masked: give --full REASON with it.")
    if form == "mbox" and sys.stdout.isatty():
        raise click.UsageError("--mbox writes mails as they came, which can drive a terminal: send it to a file.")
    out = sys.stdout.buffer
    with acting(db) as desk:
        desk.access.require(Right.EXPORT)
        with suppress(StoreError):  # a desk that can only be read can be exported
            desk.note_export(what, form)
    with reading(db) as store:
        if form != "mbox":
            _write(_rows(store, what, form), form, out.write)
        else:
            _write_mbox(store, out.write)


def _write_mbox(store: Store, write: Callable[[bytes], object]) -> None:
    """Write every mail; notes are none: read as mail again, they would be tickets, or words to the customer."""
    threads, notes = Threads(partial(_customer_address, store)), 0
    for message, raw in store.messages.each_with_raw():
        if message.direction is Direction.NOTE:
            notes += 1
        else:
            write(threads.entry(message, raw))
    if notes:
        text = counted("{n} note is not a mail; `tridesk export messages --json` has it.",
                       "{n} notes are not mails; `tridesk export messages --json` has them.", notes)  # fmt: skip
        click.echo(text.format(n=notes), err=True)


def _rows(store: Store, what: str, form: str) -> Iterator[dict[str, Any]]:
    if what == "messages":
        copied = form != "csv"
        return (
            message_row(message) | ({"cc": list(message.cc)} if copied and message.cc else {})
            for message in store.messages.each()
        )
    if what == "events":
        # what an export itself records is left out: two exports of an unchanged desk are equal
        return (event_row(event) for event in store.events.each() if event.kind != EXPORTED)
    rows = (
        (ticket.id, ticket_keys(ticket, store.customers.get(ticket.customer_id))) for ticket in store.tickets.each()
    )
    if form == "csv":
        names = [field.name for field in store.custom_fields.all()]
        return (_flat(row, names) for _, row in rows)
    return (row | {"imported": _imported(store.imported.of(number))} for number, row in rows)


def _flat(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return a ticket with a column for each of the desk's custom fields, as an import reads them."""
    values = row.pop("fields")
    return row | {f"field.{name}": values.get(name, "") for name in names}


def _imported(imported: Imported | None) -> dict[str, Any] | None:
    """Return where a ticket was imported from, and its fields without an equivalent."""
    return {"tool": imported.tool, "ref": imported.ref, "fields": dict(imported.extra)} if imported else None


def _customer_address(store: Store, ticket_id: int) -> str:
    ticket = store.tickets.get(ticket_id)
    customer = store.customers.get(ticket.customer_id) if ticket is not None else None
    mail = (identity.value for identity in customer.identities if identity.kind == "email") if customer else ()
    return next(iter(mail), "")


def message_row(message: Message) -> dict[str, Any]:
    """Return a message under the fixed keys of the export."""
    return {
        "ticket": message.ticket_id,
        "message_id": message.message_id,
        "thread": message.ticket_id,
        "direction": str(message.direction),
        "kind": "note" if message.direction == "note" else str(message.kind),
        "subject": message.subject,
        "from_name": message.from_name,
        "from_addr": message.from_address,
        "reply_to": message.reply_to,
        "date": iso(message.at),
        "language": message.language,
        "text": message.text,
        "new_text": message.new_text,
        "attachments": [attachment_keys(part) for part in message.attachments],
        "raw_sha256": message.raw_sha256,
        "readable": message.readable,
    }


def event_row(event: Event) -> dict[str, Any]:
    """Return an event under the fixed keys of the export."""
    return {
        "id": event.id,
        "action": event.action,
        "ticket": event.ticket_id or None,
        "at": iso(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "detail": dict(event.detail),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its texts masked; whose message it is stays: an export is joined by it."""
    shown: dict[str, Any] = shown_values(row)
    return shown | {name: value for name, value in row.items() if name in _ADDRESSES}


def _write(rows: Iterable[dict[str, Any]], form: str, write: Callable[[bytes], object]) -> None:
    if form == "json":
        for row in map(_shown, rows):
            line = json.dumps(row, ensure_ascii=False)
            line = for_a_terminal(line) if sys.stdout.isatty() else line
            write(line.encode("utf-8", "backslashreplace") + b"\n")
        return
    lines = csv.writer(_Encoded(write), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for number, row in enumerate(map(_shown, rows)):
        if number == 0:
            lines.writerow(row)
        lines.writerow([safe_cell(value) for value in row.values()])


class _Encoded:
    """What csv writes to: text in, UTF-8 out."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, text: str) -> None:
        """Pass the text on as bytes."""
        self._write(text.encode("utf-8", "backslashreplace"))
