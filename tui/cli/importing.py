"""`tridesk import`: mail and messages out of files into the desk, with a report of what became of each."""

from __future__ import annotations

import json
from pathlib import Path

import click

from data.safe_text import safe_line
from queues.intake import Report
from tui.cli.common import chosen, db_option
from tui.importing import import_files

_SHOWN = 20
"""Unreadable messages named in the summary; `--json` names all."""


@click.command("import")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@db_option
@click.option("--own", multiple=True, metavar="ADDRESS", help="A support address of ours: mail from it is outgoing.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as one JSON object.")
def import_(sources: tuple[Path, ...], db: Path | None, own: tuple[str, ...], as_json: bool) -> None:
    """Import mbox files, Maildirs, .eml files or folders of them, and JSON Lines.

    Importing the same file again adds nothing. Without --own, the addresses that many people
    write to are taken as ours.
    """
    report, ours = _import(sources, chosen(db), own)
    if as_json:
        click.echo(json.dumps(report.as_dict() | {"own": ours}, ensure_ascii=False))
    else:
        _summarise(report, ours)
    if report.refused and not report.seen:
        raise click.exceptions.Exit(1)


def _import(sources: tuple[Path, ...], db: Path, own: tuple[str, ...]) -> tuple[Report, list[str]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TextColumn("messages"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        return import_files(sources, db, own=own, tell=lambda seen: bar.update(task, completed=seen))


def _summarise(report: Report, ours: list[str]) -> None:
    click.echo(f"{report.seen} messages: {report.new} new tickets, {report.joined} joined a ticket, "
               f"{report.duplicates} already here, {len(report.unreadable)} kept raw because unreadable.")  # fmt: skip
    for source, reason in report.unreadable[:_SHOWN]:
        click.echo(f"  unreadable: {safe_line(source)}: {safe_line(reason)}")
    if len(report.unreadable) > _SHOWN:
        click.echo(f"  … and {len(report.unreadable) - _SHOWN} more; --json names all.")
    if ours:
        click.echo(f"Taken as our own: {', '.join(safe_line(address) for address in ours)}.")
    for sentence in report.refused:
        click.echo(safe_line(sentence), err=True)
