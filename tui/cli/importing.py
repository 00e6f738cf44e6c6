"""`tridesk import`: import mail, messages and other tools' tickets, with a report of the outcome."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data import safe_text as gate
from queues.intake.begin_work import Old
from queues.intake.take_in import Report
from tui.cli.common import chosen as desk_file
from tui.cli.common import db_option
from tui.first_run.importing import Progress as Reached
from tui.first_run.importing import import_files
from tui.look.shown import safe_line, shown_values
from tui.look.words import counted, words

if TYPE_CHECKING:
    from queues.exports.table_file import Columns

_SHOWN = 20
"""Unreadable messages, refused records and unmapped fields named in the summary; `--json` names all."""
TOOLS = ("zendesk", "freshdesk", "freescout", "helpscout", "gorgias", "chatwoot", "zammad", "osticket", "csv")


@click.command("import")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@db_option
@click.option("--own", multiple=True, metavar="ADDRESS", help="A support address of ours: mail from it is outgoing.")
@click.option(
    "--from",
    "tool",
    type=click.Choice(TOOLS),
    help="The tool that wrote the export (default: recognised by its shape).",
)
@click.option(
    "--history-before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Mail dated before this day becomes history: searchable, no work, no clocks. Not for exports of tickets.",
)
@click.option(
    "--as",
    "old",
    type=click.Choice([kind.value for kind in Old]),
    default=Old.WORK.value,
    show_default=True,
    help="What mail becomes: work since its date, history, or history of which the unanswered is work from now on.",
)
@click.option(
    "--column", "chosen", multiple=True, metavar="FIELD=COLUMN", help="Which column of a CSV file fills a field."
)
@click.option("--date-format", default="", metavar="FORMAT", help="How CSV writes dates, such as %d/%m/%Y %H:%M.")
@click.option("--dry-run", is_flag=True, help="Report what would be imported, and import nothing.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as one JSON object.")
def import_(
    sources: tuple[Path, ...], db: Path | None, own: tuple[str, ...], tool: str | None,
    history_before: datetime | None, old: str, chosen: tuple[str, ...], date_format: str, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Import mbox files, Maildirs, .eml files or folders of them, JSON Lines, CSV, and exports of other tools.

    Tickets of Zendesk, Freshdesk, Help Scout, Gorgias, Chatwoot, FreeScout and Zammad come as JSON, JSON Lines or a zip
    of those, those of osTicket and any other tool as CSV, with their messages, customers, tags and states; fields
    without an equivalent are kept with the ticket and listed.
    Importing the same file again adds nothing. Without --own, addresses that many people
    write to count as ours.
    """
    if history_before is not None and old != Old.WORK:
        raise click.UsageError("--history-before goes with --as work; the other two take all mail as history.")
    before = int(history_before.timestamp()) if history_before is not None else 0
    columns = _columns(chosen, date_format)
    report, own_found = _import(sources, desk_file(db), own, tool or "", before, Old(old), columns, dry_run=dry_run)
    if as_json:
        click.echo(
            json.dumps(shown_values(report.as_dict()) | {"own": own_found, "dry_run": dry_run}, ensure_ascii=False)
        )
    else:
        _summarise(report, own_found)
        if dry_run:
            click.echo(words("This was a dry run: nothing was imported."))
    if report.refused and not report.seen:
        raise click.exceptions.Exit(1)


def _import(
    sources: tuple[Path, ...],
    db: Path,
    own: tuple[str, ...],
    tool: str,
    history_before: int,
    old: Old,
    columns: Columns,
    *,
    dry_run: bool,
) -> tuple[Report, list[str]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    shown = (TextColumn("Importing"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[seen]:,} messages"))
    known = Reached()
    with Progress(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, seen=0)

        def tell() -> None:
            bar.update(task, completed=min(known.read, known.total), total=known.total or None, seen=known.seen)

        return import_files(
            sources,
            db,
            own=own,
            tool=tool,
            progress=known,
            tell=tell,
            history_before=history_before,
            old=old,
            columns=columns,
            dry_run=dry_run,
        )


def _columns(chosen: tuple[str, ...], date_format: str) -> Columns:
    from queues.exports.table_file import Columns

    pairs = [entry.partition("=") for entry in chosen]
    if any(not field.strip() or not column.strip() for field, _, column in pairs):
        raise click.UsageError("Write --column FIELD=COLUMN, such as --column subject=Title.")
    return Columns({field.strip(): column for field, _, column in pairs}, date_format)


def _summarise(report: Report, own_found: list[str]) -> None:
    summary = words("{n} messages: {new} new tickets, {joined} joined a ticket, {twice} already here, "
                    "{raw} kept raw because unreadable.")  # fmt: skip
    click.echo(summary.format(n=report.seen, new=report.new, joined=report.joined, twice=report.duplicates,
                              raw=len(report.unreadable)))  # fmt: skip
    if report.begun:
        begun = counted("{n} ticket is unanswered; its clocks begin now.",
                        "{n} tickets are unanswered; their clocks begin now.", report.begun)  # fmt: skip
        click.echo(begun.format(n=report.begun))
    for source, reason in report.unreadable[:_SHOWN]:
        text = words("  unreadable: {source}: {reason}")
        click.echo(text.format(source=safe_line(source), reason=safe_line(reason)))
    if len(report.unreadable) > _SHOWN:
        click.echo(words("  … and {n} more; --json names all.").format(n=len(report.unreadable) - _SHOWN))
    if own_found:
        addresses = ", ".join(gate.safe_line(address) for address in own_found)
        click.echo(words("Taken as our own: {addresses}.").format(addresses=addresses))
    _unmapped(report.unmapped())
    for sentence in report.refused[:_SHOWN]:
        click.echo(safe_line(sentence), err=True)
    more = len(report.refused) - _SHOWN + report.untold
    if more > 0:
        click.echo(words("… and {n} more; --json names them.").format(n=more), err=True)


def _unmapped(fields: list[dict[str, Any]]) -> None:
    if not fields:
        return
    click.echo(words("Fields without an equivalent, kept with the tickets (export tickets --json shows them):"))
    for field in fields[:_SHOWN]:
        name, example = safe_line(field["field"]), safe_line(field["example"])
        click.echo(f"  {field['tool']:<10} {name:<32} {field['count']:>7}  {example}")
    if len(fields) > _SHOWN:
        click.echo(words("  … and {n} more fields; --json names all.").format(n=len(fields) - _SHOWN))
