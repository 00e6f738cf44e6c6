"""`tridesk macros export`: macros as other tools read them, and a table of what has no equivalent there."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

import click

from data.safe_text import safe_line
from macros.exporting.export import COLUMNS, Exported, to_json, to_rows, to_zendesk
from tui.cli.common import write_json
from tui.cli.completing import MACRO
from tui.cli.macro_folder import FOLDER, library_of
from tui.look.words import translated, words
from tui.look.written_values import safe_cell
from tui.setup.settings import load


@click.command("export")
@click.argument("names", type=MACRO, nargs=-1)
@click.option("--zendesk", "form", flag_value="zendesk", help="As Zendesk's API has macros, with its placeholders.")
@click.option("--csv", "form", flag_value="csv", help="A table with a row for each language.")
@click.option("--json", "form", flag_value="json", default=True, help="Everything, a macro a line (the default).")
@click.option("--register", type=click.Choice(["tu", "usted", "vos"]), default=None,
              help="The form of address that Spanish is written in (default: that of the settings).")  # fmt: skip
@FOLDER
def export_them(names: tuple[str, ...], form: str, register: str | None, folder: Path | None) -> None:
    """Write macros to standard output, all or those named, and to standard error what has no
    equivalent there.

    `tridesk macros import` reads what --zendesk and --csv write.
    """
    library = library_of(folder)
    chosen = [library.get(name) for name in names] if names else [*library]
    spoken = register or load().settings.register
    made: list[Exported] = []
    for macro in chosen:
        if form == "csv":
            made += to_rows(macro, spoken)
        else:
            made.append(to_zendesk(macro, spoken) if form == "zendesk" else to_json(macro))
    if form == "json":
        for each in made:
            write_json(each.row, as_given=True)
    elif form == "zendesk":
        write_json({"macros": [each.row for each in made], "count": len(made)}, as_given=True)
    else:
        lines = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        lines.writerow(COLUMNS)
        for each in made:
            lines.writerow([safe_cell(value) for value in each.row.values()])
    _say_lost(made)


def _say_lost(made: list[Exported]) -> None:
    lost = Counter(sentence for _, sentence in {(each.name, sentence) for each in made for sentence in each.lost})
    if lost:
        click.echo(words("Not exported, as it has no equivalent there:"), err=True)
    for sentence, count in sorted(lost.items(), key=lambda item: (-item[1], item[0])):
        click.echo(f"  {count:>5}  {safe_line(translated(sentence))}", err=True)
