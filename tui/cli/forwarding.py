"""`tridesk forward`: text and files of a ticket to a third party, whose answer comes back as a note."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from data.errors import InputError
from data.records.changes import Change
from data.records.forwards import Forward, ForwardedFile
from data.records.tickets import Status
from data.safe_text import safe_line
from queues.desk.desk import Desk
from tui.cli.acting import tell
from tui.cli.common import NUMBER, acting, db_option, json_option
from tui.cli.completing import TICKET
from tui.replying.forward_text import newest_of_customer, quoted

_OUTCOMES = (Status.OPEN, Status.PENDING, Status.ON_HOLD)
_ALL = "all"


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.argument("text", required=False, default="")
@click.option("--to", required=True, metavar="ADDRESS", help="Who gets it.")
@click.option("--subject", default="", help="The subject (else the ticket's, with Fwd:).")
@click.option("--message", "messages", type=NUMBER, multiple=True, help="Quote this message, as `show` numbers them.")
@click.option("--text-only", is_flag=True, help="Quote no message.")
@click.option("--file", "files", multiple=True, metavar="N|all", help="Send this file, as `files` numbers them.")
@click.option("--attach", multiple=True, type=click.Path(path_type=Path), help="Send a file of your own.")
@click.option("--status", type=click.Choice([str(status) for status in _OUTCOMES]), help="The status afterwards.")
@click.option("--reason", default="", help="Why a finding is overridden; kept with the event.")
@db_option
@json_option
def forward(
    ticket_id: int,
    text: str,
    to: str,
    subject: str,
    messages: tuple[int, ...],
    text_only: bool,
    files: tuple[str, ...],
    attach: tuple[Path, ...],
    status: str | None,
    reason: str,
    db: Path | None,
    as_json: bool,
) -> None:
    """Forward a ticket with TEXT to a third party; without --message the customer's newest message is quoted.

    The answer comes back as a note. What leaves is checked like a reply, and `tridesk undo` recalls it in time.
    """
    from tui.cli.macro_reply import enclosed

    if messages and text_only:
        raise click.UsageError("Give --message or --text-only, not both.")
    with acting(db) as desk:
        quote = "" if text_only else _quoted(desk, ticket_id, messages)
        whole = "\n\n".join(part for part in (text.strip("\n"), quote) if part)
        asked = Forward(to.strip(), whole, safe_line(subject), _files(desk, ticket_id, files))
        change = Change(
            forward=asked,
            attachments=enclosed(attach),
            status=Status(status) if status else None,
            override_reason=reason,
        )
        tell(desk.act([ticket_id], change), as_json)


def _quoted(desk: Desk, ticket_id: int, numbers: Sequence[int]) -> str:
    conversation = desk.store.messages.of(ticket_id)
    if not numbers:
        return quoted(newest_of_customer(conversation))
    known = {message.id: message for message in conversation}
    unknown = next((number for number in numbers if number not in known), None)
    if unknown is not None:
        raise InputError("No such message", f"#{ticket_id} has no message {unknown}; `tridesk show` numbers them.")
    return quoted([known[number] for number in numbers])


def _files(desk: Desk, ticket_id: int, wanted: Sequence[str]) -> tuple[ForwardedFile, ...]:
    """Return files of the ticket with their bytes. Raises InputError for one that there is not."""
    if not wanted:
        return ()
    from queues.files.kept_files import content, files_of
    from queues.helper.client import Helper

    there = files_of(desk.store.messages.of(ticket_id))
    numbers: dict[int, None] = {}
    for name in wanted:
        fits = name.isascii() and name.isdecimal() and 1 <= int(name[:9]) <= len(there)
        if not fits and name != _ALL:
            raise InputError(
                "No such file", f"#{ticket_id} has no file {safe_line(name)}; `tridesk files {ticket_id}` numbers them."
            )
        numbers |= dict.fromkeys(range(1, len(there) + 1) if name == _ALL else [int(name)])
    with Helper() as helper:
        chosen = [(there[number - 1], content(desk.store, there[number - 1], helper)) for number in numbers]
    return tuple(ForwardedFile(file.attachment.filename, file.attachment.content_type, data) for file, data in chosen)
