"""`tridesk reply`, `note`, `solve`, `undo` and `redo`: the same door as the screen, the same rules, the same events."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError, LeftError, RuleError
from data.records.changes import Change, Done
from data.records.tickets import Status
from tui.cli.common import NUMBER, acting, db_option, json_option, write_json
from tui.cli.completing import MACRO, TICKET
from tui.look.shown import safe_line
from tui.look.words import piecewise, words
from tui.look.written_values import iso

if TYPE_CHECKING:
    from queues.desk.desk import Desk

_ALL = "all"
_OUTCOMES = (Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED)


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.argument("text", required=False)
@click.option(
    "--status",
    type=click.Choice([str(status) for status in _OUTCOMES]),
    help="The ticket's status afterwards (default: pending).",
)
@click.option(
    "--macro", "macros", type=MACRO, multiple=True, metavar="NAME", help="Answer with a macro; several make one reply."
)
@click.option("--answer", "answers", multiple=True, metavar="NAME=VALUE", help="A value that a macro asks for.")
@click.option("--language", default="", help="The macro's language (else the ticket's).")
@click.option("--attach", multiple=True, type=click.Path(path_type=Path), help="A file that goes with the reply.")
@click.option("--cc", multiple=True, metavar="ADDRESS", help="Who else gets a copy, of this reply and later ones.")
@click.option(
    "--drop-cc",
    multiple=True,
    metavar="ADDRESS|all",
    help="Who gets no copy from now on; `all` leaves everyone out of this reply, --cc excepted.",
)
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
    cc: tuple[str, ...],
    drop_cc: tuple[str, ...],
    reason: str,
    anyway: bool,
    no_promise: bool,
    db: Path | None,
    as_json: bool,
) -> None:
    """Answer a ticket with TEXT, standard input or macros; a time in the text becomes a promise.

    A macro changes the ticket as it does on the screen. One that is not sure to fit is sent only with --anyway. Copies
    go to the people in Cc as on the screen.
    """
    from tui.cli.macro_reply import enclosed

    if macros and text is not None:
        raise click.UsageError("Give a text or --macro, not both.")
    if answers and not macros:
        raise click.UsageError("--answer goes with --macro.")
    with acting(db) as desk:
        change = reply_change(
            desk, ticket_id, "" if macros else given(text), macros=macros, answers=answers, language=language,
            anyway=anyway, status=status, cc=cc, drop_cc=drop_cc, reason=reason, no_promise=no_promise,
        )  # fmt: skip
        change = replace(change, attachments=(*change.attachments, *enclosed(attach)))
        copies = desk.copies(ticket_id, change)
        tell(desk.act((ticket_id,), change), as_json, copies=copies)


def reply_change(
    desk: Desk,
    ticket_id: int,
    text: str,
    *,
    macros: Sequence[str],
    answers: Sequence[str],
    language: str,
    anyway: bool,
    status: str | None,
    cc: Sequence[str],
    drop_cc: Sequence[str],
    reason: str,
    no_promise: bool,
) -> Change:
    """Return the change of a reply with a text, or with macros where there are any.

    Raises InputError and RuleError as `macro_reply.filled` does.
    """
    from tui.cli.macro_reply import filled

    change = filled(desk, ticket_id, macros, answers, language, anyway=anyway) if macros else Change(reply=text)
    return replace(
        change,
        status=Status(status) if status else change.status,
        override_reason=reason,
        gives_no_promise=no_promise,
        take_in=tuple(cc),
        leave_out=tuple(address for address in drop_cc if address != _ALL),
        cc=tuple(cc) if _ALL in drop_cc else None,
    )


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.argument("text", required=False)
@db_option
@json_option
def note(ticket_id: int, text: str | None, db: Path | None, as_json: bool) -> None:
    """Add an internal note of TEXT, or of standard input; the customer never sees it."""
    carry_out((ticket_id,), Change(note=given(text)), db, as_json)


@click.command()
@click.argument("ticket_ids", metavar="TICKET...", type=TICKET, nargs=-1, required=True)
@click.option("--reason", default="", help="Why a gate is overridden; kept with the event.")
@db_option
@json_option
def solve(ticket_ids: tuple[int, ...], reason: str, db: Path | None, as_json: bool) -> None:
    """Solve tickets, all or none."""
    carry_out(ticket_ids, Change(status=Status.SOLVED, override_reason=reason), db, as_json)


@click.command()
@click.option("--rest", is_flag=True, help="If a reply was already sent: undo the rest of the action.")
@click.option("--action", type=NUMBER, help="Undo this action of yours, by its number in `tridesk history`.")
@db_option
@json_option
def undo(rest: bool, action: int | None, db: Path | None, as_json: bool) -> None:
    """Undo your latest action, or another one, as a whole."""
    with acting(db) as desk:
        tell(undone_action(desk, action, rest=rest), as_json, undone=True)


def undone_action(desk: Desk, number: int | None, *, rest: bool) -> Done:
    """Undo the agent's latest action, or the one with this number; its `rest` where a reply of it was sent.

    Raises as `Desk.undo` does.
    """
    try:
        return desk.undo(number=number)
    except LeftError as error:
        if not rest:
            raise RuleError(error.title, f"{error.message.rstrip('.')} (tridesk undo --rest).") from None
        return desk.undo(rest_of=error.action, number=number)


@click.command()
@db_option
@json_option
def redo(db: Path | None, as_json: bool) -> None:
    """Redo the action that you undid last."""
    with acting(db) as desk:
        tell(desk.redo(), as_json)


def given(text: str | None) -> str:
    """Return the text of a command, or of standard input. Raises InputError if there is none."""
    words = text if text is not None else sys.stdin.buffer.read().decode("utf-8", "replace")
    if not words.strip():
        raise InputError("Nothing to write", "The text is empty; give it as an argument or on standard input.")
    return words.strip("\n")


def carry_out(ticket_ids: tuple[int, ...], change: Change, db: Path | None, as_json: bool) -> None:
    """Apply a change to tickets, all or none, and print the result. Raises the desk's error if it refuses."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, change), as_json)


def tell(
    done: Done,
    as_json: bool,
    *,
    undone: bool = False,
    copies: tuple[str, ...] | None = None,
    until: str | None = None,
) -> None:
    """Print the result, as text or as one JSON line.

    `copies` are the people who get a copy of the reply; `until` is when snoozed tickets come back.
    """
    if as_json:
        write_json(done_keys(done, undone=undone, copies=copies, until=until))
        return
    summary = piecewise(done.summary)
    if until is not None:
        summary = words("{summary} until {when}").format(summary=summary, when=until)
    click.echo(words("Undone: {summary}").format(summary=summary) if undone else summary)
    if copies:
        click.echo(words("Copies to {people}").format(people=safe_line(", ".join(copies))))


def done_keys(
    done: Done, *, undone: bool = False, copies: tuple[str, ...] | None = None, until: str | None = None
) -> dict[str, Any]:
    """Return the result of a change under the keys that scripts know."""
    return {
        "action": done.action,
        "summary": done.summary,
        "tickets": list(done.ticket_ids),
        "leaves": iso(done.leaves_at),
        "undone": undone,
        **({} if until is None else {"until": until}),
        **({} if copies is None else {"cc": list(copies)}),
    }
