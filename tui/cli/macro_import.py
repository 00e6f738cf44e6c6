"""`tridesk macros import`: convert canned responses of other tools to macros."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.safe_text import safe_line
from tui.cli.common import json_option, write_json
from tui.setup.settings import config_folder

SURE = 0.8
"""The confidence required to take a text's detected language."""
TOOLS = ("zendesk", "freshdesk", "helpscout", "gorgias", "rocketchat", "chatwoot", "csv")


@click.command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1)
@click.option("--account", help="Fetch the macros of this Zendesk account, with or without files.")
@click.option(
    "--from",
    "tool",
    type=click.Choice(TOOLS),
    help="The tool that wrote the export (default: recognised by its shape).",
)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="The target folder (default: your own)."
)
@click.option("--language", default="en", show_default=True, help="The language of texts without one.")
@click.option("--replace", is_flag=True, help="Overwrite existing macros.")
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@json_option
def import_them(
    files: tuple[Path, ...],
    account: str | None,
    tool: str | None,
    folder: Path | None,
    language: str,
    replace: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Convert another tool's exports, or an account's macros, to macros: one checked file each, in your own folder.

    Values and conditions are mapped to ours where possible; otherwise the macro asks for them, and the report
    says so. Exit 1 if an answer could not be converted.
    """
    from macros.importing.read_answers import read
    from macros.importing.run import Import
    from queues.mail.html import html_to_text
    from tui.cli.remote_macros import fetched

    if not files and not account:
        raise click.UsageError("Name a file, or an account with --account.")
    target = folder or config_folder() / "macros"
    job = Import(target, html_to_text, _language, language, replace, dry_run)
    answers = [answer for path in files for answer in read(str(path), _bytes(path), tool or "")]
    answers += read(account, *fetched(account)) if account else []
    outcomes: Counter[str] = Counter()
    unmapped: Counter[tuple[str, str]] = Counter()
    for item in job.run(answers):
        outcomes[item.outcome] += 1
        unmapped.update((item.tool, name) for name in item.unmapped)
        row = {"title": item.title, "macro": item.macro, "outcome": item.outcome, "languages": list(item.languages)}
        _tell(row | {"asks": list(item.asks), "told": list(item.notes), "unmapped": dict(item.unmapped)}, as_json)
    if not as_json:
        _tell_unmapped(unmapped)
        counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        click.echo(f"{counted}{' (dry run: nothing was written)' if dry_run else f' in {target}'}.")
    if outcomes["refused"]:
        sys.exit(1)


def _tell(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(row)
        return
    spoken = ",".join(row["languages"]) or "-"
    click.echo(safe_line(f"{row['outcome']:<9} {row['macro']:<48} {spoken}"))
    for note in row["told"]:
        click.echo(f"          {safe_line(note)}")


def _tell_unmapped(unmapped: Counter[tuple[str, str]]) -> None:
    if unmapped:
        click.echo("Fields without an equivalent, kept in the files under [extra]:")
    for (tool, name), count in unmapped.most_common():
        click.echo(f"  {tool:<10} {safe_line(name):<32} {count:>7}")


def _language(text: str) -> str:
    from tui.setup.open_desk import detect

    spoken, sure = detect(text)
    return spoken if sure >= SURE and spoken != "und" else ""


def _bytes(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("Export not readable", f"{path}: {error.strerror}; give an existing file.") from None
