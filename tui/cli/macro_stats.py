"""`tridesk macros stats`: how macros were used, from the events."""

from __future__ import annotations

from pathlib import Path

import click

from data.safe_text import safe_line
from macros.authoring.usage import MacroUse, uses
from tui.cli.common import db_option, json_option, reading, write_json
from tui.cli.macro_folder import FOLDER, library_of
from tui.look.written_values import iso
from tui.setup.settings import load

_HEAD = f"{'macro':<40} {'uses':>5} {'1st touch':>9} {'edited':>9} {'undone':>6}  {'languages':<12} last used"


@click.command("stats")
@click.option("--since", default="30d", show_default=True, help="Since when: 7d, 12h, today, or a date.")
@click.option("--unused", is_flag=True, help="Include macros that were never used.")
@FOLDER
@db_option
@json_option
def stats(since: str, unused: bool, folder: Path | None, db: Path | None, as_json: bool) -> None:
    """Show how often each macro was used, when last, how often it was edited and what it solved."""
    from tui.cli.periods import period_of
    from tui.setup.clock import wall_clock
    from tui.setup.open_desk import zone_of

    start = period_of(since, "now", zone_of(load().settings), wall_clock()).since
    names = [macro.name for macro in library_of(folder)] if unused else []
    with reading(db) as store:
        macro_uses = uses(store.events.each(), store.tickets.get, start, names)
    if macro_uses and not as_json:
        click.echo(_HEAD)
    for use in macro_uses:
        _tell(use, as_json)
    if not macro_uses and not as_json:
        click.echo(f"No macro was used since {iso(start)}.", err=True)


def _tell(use: MacroUse, as_json: bool) -> None:
    last = iso(use.last_used) if use.last_used else None
    if as_json:
        counts = {"uses": use.uses, "first_touch": use.first_touch, "edited": use.edited, "unedited": use.unedited}
        write_json(
            {"macro": use.macro, **counts, "undone": use.undone, "languages": dict(use.languages), "last_used": last}
        )
        return
    known = use.edited + use.unedited
    edited = f"{use.edited} of {known}" if known else "-"
    spoken = " ".join(f"{language} {count}" for language, count in use.languages.most_common()) or "-"
    numbers = f"{use.uses:>5} {use.first_touch:>9} {edited:>9} {use.undone:>6}"
    click.echo(f"{safe_line(use.macro):<40} {numbers}  {spoken:<12} {last or 'never'}")
