"""`tridesk reply`, `note`, `solve` and `undo`: the same door as the screen, the same rules, the same events."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from data.errors import InputError, LeftError, RuleError
from data.records.changes import Change, Done
from data.records.tickets import Status
from tui.cli.common import NUMBER, acting, db_option, json_option, write_json
from tui.look.written_values import iso

_OUTCOMES = (Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED)


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=NUMBER)
@click.argument("text", required=False)
@click.option(
    "--status",
    type=click.Choice([str(status) for status in _OUTCOMES]),
    help="The ticket's status afterwards (default: pending).",
)
@click.option("--macro", "macros", multiple=True, metavar="NAME", help="Answer with a macro; several make one reply.")
@click.option("--answer", "answers", multiple=True, metavar="NAME=VALUE", help="A value that a macro asks for.")
@click.option("--language", default="", help="The macro's language (else the ticket's).")
@click.option("--attach", multiple=True, type=click.Path(path_type=Path), help="A file that goes with the reply.")
@click.option("--reason", default="", help="Why a finding is overridden; kept with the event.")
@click.option("--anyway", is_flag=True, help="Send a macro that is not sure to fit the ticket.")
@click.option("--no-promise", is_flag=True, help="Record no promise, even if the text names a time.")
@db_option
@json_option
def reply(
    ticket_id: int,
    text: str | None,
    status: str | None,
    macros: tuple[str, ...],
    answers: tuple[str, ...],
    language: str,
    attach: tuple[Path, ...],
    reason: str,
    anyway: bool,
    no_promise: bool,
    db: Path | None,
    as_json: bool,
) -> None:
    """Answer a ticket with TEXT, standard input or macros; a time in the text becomes a promise.

    A macro changes the ticket as it does on the screen. One that is not sure to fit is sent only with --anyway.
    """
    from tui.cli.macro_reply import enclosed, filled

    if macros and text is not None:
        raise click.UsageError("Give a text or --macro, not both.")
    if answers and not macros:
        raise click.UsageError("--answer goes with --macro.")
    with acting(db) as desk:
        change = (
            filled(desk, ticket_id, macros, answers, language, anyway=anyway) if macros else Change(reply=_given(text))
        )
        change = replace(
            change,
            status=Status(status) if status else change.status,
            attachments=(*change.attachments, *enclosed(attach)),
            override_reason=reason,
            gives_no_promise=no_promise,
        )
        tell(desk.act((ticket_id,), change), as_json)


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=NUMBER)
@click.argument("text", required=False)
@db_option
@json_option
def note(ticket_id: int, text: str | None, db: Path | None, as_json: bool) -> None:
    """Add an internal note of TEXT, or of standard input; the customer never sees it."""
    carry_out((ticket_id,), Change(note=_given(text)), db, as_json)


@click.command()
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@click.option("--reason", default="", help="Why a gate is overridden; kept with the event.")
@db_option
@json_option
def solve(ticket_ids: tuple[int, ...], reason: str, db: Path | None, as_json: bool) -> None:
    """Solve tickets, all or none."""
    carry_out(ticket_ids, Change(status=Status.SOLVED, override_reason=reason), db, as_json)


@click.command()
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@db_option
@json_option
def reopen(ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Reopen solved or closed tickets and accept suspended ones; all or none."""
    carry_out(ticket_ids, Change(status=Status.OPEN), db, as_json)


@click.command()
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@db_option
@json_option
def spam(ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Suspend tickets as spam, all or none; `reopen` takes one back."""
    carry_out(ticket_ids, Change(status=Status.SUSPENDED, add_tags=("spam",)), db, as_json)


@click.command()
@click.option("--rest", is_flag=True, help="If a reply was already sent: undo the rest of the action.")
@db_option
@json_option
def undo(rest: bool, db: Path | None, as_json: bool) -> None:
    """Undo your latest action as a whole."""
    with acting(db) as desk:
        try:
            done = desk.undo()
        except LeftError as error:
            if not rest:
                raise RuleError(error.title, f"{error.message.rstrip('.')} (tridesk undo --rest).") from None
            done = desk.undo(rest_of=error.action)
        tell(done, as_json, undone=True)


def _given(text: str | None) -> str:
    words = text if text is not None else sys.stdin.buffer.read().decode("utf-8", "replace")
    if not words.strip():
        raise InputError("Nothing to write", "The text is empty; give it as an argument or on standard input.")
    return words.strip("\n")


def carry_out(ticket_ids: tuple[int, ...], change: Change, db: Path | None, as_json: bool) -> None:
    """Apply a change to tickets, all or none, and print the result. Raises the desk's error if it refuses."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, change), as_json)


def tell(done: Done, as_json: bool, *, undone: bool = False) -> None:
    """Print the result, as text or as one JSON line."""
    if as_json:
        write_json(
            {
                "action": done.action,
                "summary": done.summary,
                "tickets": list(done.ticket_ids),
                "leaves": iso(done.leaves_at),
                "undone": undone,
            }
        )
        return
    click.echo(f"Undone: {done.summary}" if undone else done.summary)
