"""`tridesk redact`: a text with what is confidential masked, or a ticket with it replaced for good."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from data.confidential.items import Kind
from data.confidential.mask import masked
from tui.cli.acting import tell
from tui.cli.common import acting, db_option, json_option
from tui.cli.completing import TICKET


@click.command()
@click.argument("ticket_id", metavar="[TICKET]", type=TICKET, required=False)
@db_option
@click.option("--kind", "kinds", type=click.Choice([str(kind) for kind in Kind]), multiple=True,
              help="Only data of this kind; else of every kind, on a ticket but e-mail.")  # fmt: skip
@click.option("--text", "texts", multiple=True, help="This very text, on a ticket.")
@click.option("--reason", default="", help="Why; kept with the ticket.")
@click.option("--now", is_flag=True, help="Do it at once, without the time to undo it.")
@json_option
def redact(
    ticket_id: int | None,
    db: Path | None,
    kinds: tuple[str, ...],
    texts: tuple[str, ...],
    reason: str,
    now: bool,
    as_json: bool,
) -> None:
    """Copy standard input to standard output, confidential data masked; or redact TICKET for good.

    On a ticket it goes from subject, texts, drafts, raw mails, names of files, full text and events. `tridesk undo`
    takes that back within the time to undo a reply; then the open desk, `tridesk sync` or the next `tridesk redact`
    carries it out, and nothing brings it back. Attachments' contents and backups are left alone.
    """
    wanted = [Kind(kind) for kind in kinds]
    if ticket_id is None:
        if texts or reason or now:
            raise click.UsageError("--text, --reason and --now are for a ticket: tridesk redact TICKET.")
        given = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
        sys.stdout.buffer.write(masked(given, wanted or tuple(Kind)).encode("utf-8", "surrogateescape"))
        return
    if not reason.strip():
        raise click.UsageError("Redacting a ticket needs --reason.")
    with acting(db) as desk:
        desk.redact_due()
        kinds_wanted = wanted or ([] if texts else [kind for kind in Kind if kind is not Kind.EMAIL])
        tell(desk.redact(ticket_id, reason, kinds=kinds_wanted, texts=texts, now=now), as_json)
