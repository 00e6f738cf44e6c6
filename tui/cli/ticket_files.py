"""`tridesk files`: the files of a ticket, and saving them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError
from queues.files.facts import dangers
from queues.files.kept_files import TicketFile, files_of
from tui.cli.common import attachment_keys, db_option, json_option, reading, reveal_option, the_ticket, write_json
from tui.cli.completing import TICKET
from tui.look.shown import safe_line
from tui.look.written_values import iso

if TYPE_CHECKING:
    from data.store import Store

_ALL = "all"


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.option("--save", "wanted", metavar="N|all", help="Save the file with this number in the list, or all.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Save here (else in the folder for downloads).")
@reveal_option()
@db_option
@json_option
def files(ticket_id: int, wanted: str | None, folder: Path | None, db: Path | None, as_json: bool) -> None:
    """List a ticket's files, the newest first, or save them; a saved file overwrites none and is never executable."""
    if folder is not None and wanted is None:
        raise click.UsageError("--to needs --save.")
    with reading(db) as store:
        there = files_of(store.messages.of(the_ticket(store, ticket_id).id))
        if wanted is not None:
            _save(store, there, _chosen(wanted, len(there), ticket_id), folder, as_json=as_json)
            return
    for number, file in enumerate(there, 1):
        if as_json:
            write_json(_keys(number, file))
        else:
            click.echo(_line(number, file))
    if not there and not as_json:
        click.echo("No files on this ticket.", err=True)


def _chosen(wanted: str, count: int, ticket_id: int) -> Sequence[int]:
    """Return the numbers of the files to save."""
    if wanted == _ALL:
        return range(1, count + 1)
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted[:9]) <= count:
        return [int(wanted)]
    numbers = f"1 to {count}, or all" if count else "none: it has no files"
    raise InputError("No such file", f"Ticket #{ticket_id} has no file {safe_line(wanted)}; the numbers are {numbers}.")


def _save(
    store: Store, there: Sequence[TicketFile], numbers: Sequence[int], folder: Path | None, *, as_json: bool
) -> None:
    from queues.files.kept_files import content
    from queues.files.saving import default_folder, save
    from queues.helper.client import Helper

    with Helper() as helper:
        for number in numbers:
            file = there[number - 1]
            part = file.attachment
            data = content(store, file, helper)
            place = save(folder or default_folder(), part.filename, part.content_type, data)
            warnings = dangers(part.filename, part.content_type, data)
            if as_json:
                write_json({**_keys(number, file), "warnings": warnings, "saved": str(place)})
            else:
                click.echo(f"saved {safe_line(str(place))}")
                for warning in warnings:
                    click.echo(f"careful: {warning}", err=True)


def _keys(number: int, file: TicketFile) -> dict[str, Any]:
    part, message = file.attachment, file.message
    return {
        "number": number,
        "ticket": message.ticket_id,
        "message": message.id,
        "direction": message.direction,
        "date": iso(message.received_at),
        **attachment_keys(part),
        "warnings": dangers(part.filename, part.content_type),
    }


def _line(number: int, file: TicketFile) -> str:
    part, message = file.attachment, file.message
    careful = "".join(f"  ! {danger}" for danger in dangers(part.filename, part.content_type))
    stand = f"{number:<3} {iso(message.received_at)}  {message.direction:<4} {part.size:>11,} B"
    return f"{stand}  {safe_line(part.content_type):<24} {safe_line(part.filename) or '(no name)'}{careful}"
