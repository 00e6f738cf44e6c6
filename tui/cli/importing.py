"""`tridesk import`: mail and messages out of files into the desk, with a report of what became of each."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.safe_text import safe_line
from queues.connectors.files import NAME, raw_messages
from queues.intake import Report
from tui.cli.common import chosen, db_option

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

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

    from queues.helper import Helper
    from queues.intake import take_in, take_up
    from queues.own_addresses import OwnAddresses
    from tui.composition import open_desk, recogniser
    from tui.settings import load

    def clock() -> int:
        return int(time.time())

    streams = [raw_messages(source) for source in sources]
    learned = None if own else OwnAddresses()
    desk = open_desk(db, create=True)
    recognise = recogniser(desk.store, load().settings).recognised
    console = Console(stderr=True)
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TextColumn("messages"))
    try:
        with Helper(own_addresses=own) as helper, Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=None)
            total = take_up(desk=desk, helper=helper, connector=NAME, clock=clock, recognise=recognise)
            for stream in streams:
                show = partial(_show, bar, task, total.seen)
                total = total.plus(
                    take_in(
                        stream,
                        desk=desk,
                        helper=helper,
                        connector=NAME,
                        clock=clock,
                        own=learned,
                        recognise=recognise,
                        progress=show,
                    )
                )
        return total, learned.known() if learned else sorted(own)
    finally:
        desk.store.close()


def _show(bar: Progress, task: TaskID, before: int, seen: int) -> None:
    bar.update(task, completed=before + seen)


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
