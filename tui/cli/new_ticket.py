"""`tridesk new`: a ticket that begins with a mail of ours."""

from __future__ import annotations

from pathlib import Path

import click

from data.errors import InputError
from data.records.changes import Change, NewTicket
from data.records.tickets import Status
from data.safe_text import safe_line
from tui.cli.acting import given, tell
from tui.cli.common import acting, db_option, json_option
from tui.cli.completing import LANE

_OUTCOMES = (Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED)


@click.command()
@click.argument("text", required=False)
@click.option("--to", required=True, metavar="ADDRESS", help="Who gets it.")
@click.option("--subject", required=True, help="What it is about.")
@click.option("--name", default="", help="The name of a customer who is not known yet.")
@click.option("--lane", type=LANE, default="", help="The lane (else as the routing rules say).")
@click.option("--language", default="", metavar="CODE", help="The language (else the customer's, or the text's).")
@click.option("--account", default="", metavar="NAME", help="The mail account to write from (else the first one).")
@click.option("--attach", multiple=True, type=click.Path(path_type=Path), help="A file that goes with it.")
@click.option(
    "--status",
    type=click.Choice([str(status) for status in _OUTCOMES]),
    help="The ticket's status afterwards (default: pending).",
)
@click.option("--reason", default="", help="Why a finding is overridden; kept with the event.")
@click.option("--no-promise", is_flag=True, help="Record no promise, even if the text names a time.")
@db_option
@json_option
def new(
    text: str | None,
    to: str,
    subject: str,
    name: str,
    lane: str,
    language: str,
    account: str,
    attach: tuple[Path, ...],
    status: str | None,
    reason: str,
    no_promise: bool,
    db: Path | None,
    as_json: bool,
) -> None:
    """Open a ticket by writing TEXT, or standard input, to someone; the answer joins it.

    It leaves through the outbox like a reply, and `tridesk undo` recalls it in time.
    """
    from tui.cli.macro_reply import enclosed

    if language and not (language.isascii() and language.isalpha() and 2 <= len(language) <= 3):
        raise InputError(
            "No such language", f"{safe_line(language)} is not a language code; use ISO 639-1: en, es, pt."
        )
    asked = NewTicket(
        to.strip(), safe_line(subject), given(text), safe_line(name), lane, f"email:{account}" if account else "",
        language.lower(),
    )  # fmt: skip
    change = Change(
        attachments=enclosed(attach),
        status=Status(status) if status else None,
        override_reason=reason,
        gives_no_promise=no_promise,
    )
    with acting(db) as desk:
        tell(desk.open_ticket(asked, change), as_json)
